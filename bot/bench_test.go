package bot_test

import (
	"testing"

	"tixianbot/bot"
)

// BenchmarkStep is one message of a user and one press: reading, screening,
// ranking and the next question.
func BenchmarkStep(b *testing.B) {
	k := content(b)
	in := bot.Input{At: morning, Event: bot.Said{Text: "昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡"}}
	for b.Loop() {
		bot.Step(k, bot.Case{}, in)
	}
}
