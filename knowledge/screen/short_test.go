package screen_test

import (
	"testing"

	"tixianbot/knowledge/screen"
)

// TestShortAnswersAreLikeNothing: a number or a word that answers a question
// raises no flag by its characters alone.
func TestShortAnswersAreLikeNothing(t *testing.T) {
	s := loadScreen(t)
	for _, text := range []string{
		"5000元", "5000", "3000块", "没有", "是的", "昨天下午三点", "1.2万", "招商银行",
		"换了手机", "提现失败了", "还没付", "2000 USDT", "一共两万三千五百块",
	} {
		if flag, _ := s.Flag(text, nil); flag != screen.None {
			t.Errorf("%q raises %s", text, flag)
		}
	}
}
