package search_test

import (
	"strings"
	"testing"
)

func loadQuestions(t testing.TB, path string) []question {
	t.Helper()
	var out []question
	for line := range strings.Lines(string(read(t, path))) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		topic, text, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("no topic in %q", line)
		}
		q := question{ID: path, Text: text}
		q.Want.Topic = topic
		out = append(out, q)
	}
	return out
}

func TestOwnQuestions(t *testing.T) {
	for _, name := range []string{"testdata/questions.txt", "testdata/questions-b.txt", "testdata/questions-round1.txt", "testdata/questions-round2.txt", "testdata/questions-round3.txt", "testdata/questions-round4.txt", "testdata/questions-round5.txt", "testdata/questions-round6.txt", "testdata/questions-round7.txt"} {
		r := run(t, loadIndex(t), loadQuestions(t, name))
		if float64(r.top1) < 0.88*float64(r.asked) || float64(r.top3) < 0.96*float64(r.asked) || r.f1() < 0.90 {
			t.Errorf("%s: top1, top3 or the f1 of turning away is below what it must be", name)
		}
	}
}

func TestQuestionsAndAccounts(t *testing.T) {
	x := loadIndex(t)
	questions := []string{
		"验证码能不能给客服", "怎么转人工", "客服几点上班", "提现失败钱会丢吗", "去哪里投诉", "手续费怎么收",
		"how do I reach a human agent", "律师函自己能写吗", "平台凭什么扣我的钱", "處理中是什麼意思",
		"要不要一直催", "截图要截哪些", "多久能到账", "有没有人工客服", "想问一下仲裁和起诉有什么区别",
		"昨天提了500到现在没到，一般要多久到账", "12315管不管这个", "先交钱才能提是真的吗", "教我写投诉信",
	}
	for _, text := range questions {
		if !x.IsQuestion(text) {
			t.Errorf("%q is taken for an account", text)
		}
	}
	accounts := []string{
		"昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡", "提现失败，提示系统繁忙", "我的账户被冻结了",
		"今天早上提2000块，一直审核中，怎么办", "提现三天没到账，为什么", "5000", "没有", "换了手机和银行卡",
		"余额提不出来，按钮一直是灰的，急", "my withdrawal has been pending for three days",
		"从周一开始就提现失败，客服只会让我等", "昨天提现被退回，怎么回事",
	}
	for _, text := range accounts {
		if x.IsQuestion(text) {
			t.Errorf("%q is taken for a question", text)
		}
	}
}

func TestRulesNameArticles(t *testing.T) {
	docs := loadDocs(t)
	for _, err := range loadRules(t).Check(docs) {
		t.Error(err)
	}
	rules := loadRules(t)
	for _, d := range docs {
		if topic := rules.Topics[d.ID]; len(topic.Strong) == 0 {
			t.Errorf("nothing speaks for %s", d.ID)
		}
	}
}
