package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tixianbot/bot/telegram/telegramtest"
)

// The real program, a Bot API server and an OpenAI-compatible server: a letter
// is worded, sent as a file and noted; what leaves has nothing of the case.
func TestALetterIsWordedOnTelegram(t *testing.T) {
	var mu sync.Mutex
	var bodies strings.Builder
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		fmt.Fprintf(&bodies, "%s %s %s\n", r.URL.Path, r.Header.Get("Authorization"), data)
		mu.Unlock()
		r.Body = io.NopCloser(strings.NewReader(string(data)))
		resp, err := polite(r)
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.Copy(w, resp.Body)
	}))
	defer model.Close()
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("a-key-for-nothing\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	srv := telegramtest.New(t)
	folder := t.TempDir()
	b := start(t, srv, folder, "OPENAI_API_KEY_FILE="+key, "OPENAI_BASE_URL="+model.URL+"/v1", "OPENAI_MODEL=any")
	u := srv.User(7)
	u.Say("抖音提现2350元一直审核中，11月2日下午三点提的，账号尾号0317")
	u.Say("/draft 三句话给客服")
	u.WaitText("长按上面的字")
	u.Press("润色")
	u.WaitText("[[ZX01]]")
	mu.Lock()
	early := bodies.Len()
	mu.Unlock()
	if early > 0 {
		t.Fatal("something left before the yes")
	}
	u.Press("同意，发去润色")
	u.WaitText("打扰了")
	u.Press("存成 Word")
	u.WaitText("信在这里")
	u.Press("已发送")
	u.WaitText("已发出")
	b.stop()
	mu.Lock()
	defer mu.Unlock()
	sent := bodies.String()
	if !strings.Contains(sent, "/v1/chat/completions Bearer a-key-for-nothing") || strings.Count(sent, "\n") != 1 {
		t.Errorf("the language model got %s", sent)
	}
	for _, item := range []string{"抖音", "2350", "0317", "11月2日"} {
		if strings.Contains(sent, item) {
			t.Errorf("%q leaves: %s", item, sent)
		}
	}
	if log := b.dump(); strings.Contains(log, "打扰") || strings.Contains(log, "2350") || strings.Contains(log, "a-key-for-nothing") {
		t.Errorf("the log says too much:\n%s", log)
	}
	kinds := map[string]int{}
	for _, r := range cases(t, folder)[0].Timeline {
		kinds[string(r.Kind)]++
	}
	if kinds["draft"] != 1 || kinds["letter"] != 1 || kinds["stage"] != 1 {
		t.Errorf("the timeline has %v", kinds)
	}
}
