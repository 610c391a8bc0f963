package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tixianbot/bot/telegram/telegramtest"
)

// story is what somebody tells who asks for a pack later.
const story = "昨天下午三点在快手提现500元，一直显示审核中，客服工号3721说三天内处理"

// documents returns the files that the bot has sent.
func documents(u *telegramtest.User) []telegramtest.Message {
	return slices.DeleteFunc(u.Messages(), func(m telegramtest.Message) bool { return m.File == nil })
}

// waitDocuments waits until the bot has sent n files.
func waitDocuments(srv *telegramtest.Server, u *telegramtest.User, n int) []telegramtest.Message {
	srv.Wait("a file", func() bool { return len(documents(u)) >= n })
	return documents(u)
}

// unpacked returns the files in a ZIP.
func unpacked(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string][]byte)
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(in); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
	}
	return files
}

// emptied waits until nothing is left of what was made, and looks at who may
// look into the folder.
func emptied(t *testing.T, srv *telegramtest.Server, folder string) {
	t.Helper()
	made := filepath.Join(folder, madeFolder)
	if info, err := os.Stat(made); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder of what is made: %v, %v", info, err)
	}
	limit := time.Now().Add(10 * time.Second)
	for {
		left, err := os.ReadDir(made)
		if err == nil && len(left) == 0 {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("there is left in the folder of what is made: %v, %v", left, err)
		}
		srv.Within(50*time.Millisecond, func() bool { return false })
	}
}

// TestAPackArrives: what is in it and which way it comes is said first; the
// pack comes with everything that the messenger still has, and what it has not
// is named, in the chat and in the index; nothing of it stays on the machine.
func TestAPackArrives(t *testing.T) {
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder := t.TempDir()
	b := start(t, srv, folder)
	u := srv.User(7)
	u.Say(story)
	u.WaitText("快手")
	u.Send(telegramtest.Thing{Kind: "photo", Data: []byte("the first picture")}, telegramtest.Thing{Kind: "photo", Data: []byte("the second picture")})
	u.WaitText("收好了 2 件")
	srv.Wait("both hashes", func() bool { return len(srv.Calls(telegramtest.DownloadMethod)) >= 2 })
	srv.Lose("photo-2")
	u.Say("/remind 每周一10点 查到账")
	u.WaitText("查到账")
	u.Press("好，设上")
	u.Say("/export")
	document := waitDocuments(srv, u, 1)[0]
	if said := u.WaitText("取不到了"); !strings.Contains(said.Text, "有 1 件证据没放进去") || !strings.Contains(said.Text, "_02.jpg") {
		t.Errorf("of what is missing the chat says %q", said.Text)
	}
	told := u.WaitText("做好了")
	if told.Edits == 0 || told.ID >= document.ID {
		t.Errorf("how far it is was said in message %d, edited %d times, before the pack in %d", told.ID, told.Edits, document.ID)
	}
	looksLikeThePack(t, document)
	u.Say("/export 打码")
	u.Say("/export 一页纸")
	u.Say("/case 图")
	for _, m := range waitDocuments(srv, u, 5)[1:] {
		looksRight(t, *m.File)
	}
	emptied(t, srv, folder)
	b.stop()
}

func looksLikeThePack(t *testing.T, m telegramtest.Message) {
	t.Helper()
	files := unpacked(t, m.File.Data)
	var names []string
	pictures := 0
	for name, data := range files {
		names = append(names, name)
		if strings.HasSuffix(name, ".jpg") && bytes.Equal(data, []byte("the first picture")) {
			pictures++
		}
	}
	slices.Sort(names)
	if got := strings.Join(names, " "); pictures != 1 || len(names) != 7 || !strings.HasPrefix(m.File.Name, "提现材料_") {
		t.Errorf("%s holds %s", m.File.Name, got)
	}
	if !bytes.HasPrefix(files["00_案情摘要.pdf"], []byte("%PDF-")) || !strings.Contains(string(files["05_提醒.ics"]), "查到账") {
		t.Errorf("the summary is no PDF, or the calendar lacks the reminder: %q", files["05_提醒.ics"])
	}
	var c struct {
		Entries  []struct{ Text string }
		Evidence []struct{ SHA256, State string }
	}
	if err := json.Unmarshal(files["case.json"], &c); err != nil {
		t.Fatal(err)
	}
	if c.Entries[0].Text != story || len(c.Evidence) != 2 || c.Evidence[0].State != "here" || c.Evidence[1].State != "gone" || c.Evidence[1].SHA256 == "" {
		t.Errorf("case.json says %+v", c)
	}
}

// looksRight fails the test unless a file is what its name says.
func looksRight(t *testing.T, f telegramtest.File) {
	t.Helper()
	begins := map[string]string{".zip": "PK", ".docx": "PK", ".pdf": "%PDF-", ".png": "\x89PNG"}[filepath.Ext(f.Name)]
	if begins == "" || !bytes.HasPrefix(f.Data, []byte(begins)) {
		t.Errorf("%s begins %q", f.Name, f.Data[:min(8, len(f.Data))])
	}
	if strings.Contains(f.Name, "打码") {
		for name := range unpacked(t, f.Data) {
			if strings.HasSuffix(name, ".jpg") {
				t.Errorf("%s came along in the masked pack", name)
			}
		}
	}
}

// TestAPackSurvivesKills: the bot is killed while the evidence is fetched, and
// again while the pack is being sent. Others get their answers meanwhile. In
// the end the pack is there, once.
func TestAPackSurvivesKills(t *testing.T) {
	if testing.Short() || raced {
		t.Skip("tests that kill are left out of short runs and of those under the race detector")
	}
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder := t.TempDir()
	b := start(t, srv, folder)
	u := srv.User(7)
	u.Say(story)
	u.Photo("审核中的页面")
	u.WaitText("第 1 件证据")
	srv.Wait("the hash", func() bool { return len(srv.Calls(telegramtest.DownloadMethod)) >= 1 })
	srv.WaitConfirmed()

	hangs := func(method string) (again func()) {
		before := len(srv.Calls(method))
		remove := srv.Inject(telegramtest.Fault{Kind: telegramtest.Hang, Method: method})
		return func() {
			srv.Wait("a call of "+method, func() bool { return len(srv.Calls(method)) > before })
			srv.User(8).Say("/log 别人的话")
			srv.User(8).WaitText("记好了")
			b.kill()
			remove()
			b = start(t, srv, folder)
		}
	}
	kill := hangs(telegramtest.DownloadMethod)
	u.Say("/export")
	kill()
	waitDocuments(srv, u, 1)

	kill = hangs("sendDocument")
	u.Say("/export 打码")
	kill()
	waitDocuments(srv, u, 2)
	u.Say("/log 完了")
	u.WaitText("记好了")
	srv.WaitConfirmed()
	b.stop()
	var names []string
	for _, m := range documents(u) {
		looksRight(t, *m.File)
		names = append(names, m.File.Name)
	}
	if len(names) != 2 || strings.Contains(names[0], "打码") || !strings.Contains(names[1], "打码") {
		t.Errorf("there came %q", names)
	}
	emptied(t, srv, folder)
}

// TestChatShowsWhereAFileIs: in the terminal the evidence is what lies under the
// path that was typed, and the pack lies where the screen says.
func TestChatShowsWhereAFileIs(t *testing.T) {
	unhurried(t)
	folder := t.TempDir()
	picture := filepath.Join(folder, "页面.jpg")
	if err := os.WriteFile(picture, []byte("a picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := command(t, []string{"TIXIANBOT_DATA=" + folder}, story+"\n@"+picture+"\n/export\n/case 图\n", "chat")
	var paths []string
	for line := range strings.Lines(got.out) {
		if rest, ok := strings.CutPrefix(line, "⎘ "); ok {
			path, _, _ := strings.Cut(rest, " (")
			paths = append(paths, path)
		}
	}
	if got.code != 0 || len(paths) != 2 || filepath.Dir(paths[0]) != filepath.Join(folder, receivedFolder) {
		t.Fatalf("exit code %d, files %q:\n%s%s", got.code, paths, got.out, got.errs)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		looksRight(t, telegramtest.File{Name: path, Data: data})
		if strings.HasSuffix(path, ".zip") {
			n := 0
			for _, content := range unpacked(t, data) {
				if string(content) == "a picture" {
					n++
				}
			}
			if n != 1 {
				t.Errorf("the picture is in the pack %d times", n)
			}
		}
	}
}

// notedIn counts the answers to what was to be noted.
func notedIn(u *telegramtest.User) int {
	n := 0
	for _, m := range u.Messages() {
		if strings.Contains(m.Text, "记好了") {
			n++
		}
	}
	return n
}

// TestPacksOutliveKills: the bot is killed at any moment between the wish and
// the file. Each pack comes; only one that was being sent at a kill comes twice.
func TestPacksOutliveKills(t *testing.T) {
	if testing.Short() || raced {
		t.Skip("tests that kill are left out of short runs and of those under the race detector")
	}
	kills := 2
	if long {
		kills = 100
	}
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder := t.TempDir()
	b := start(t, srv, folder)
	u := srv.User(7)
	u.Say(story)
	u.WaitText("快手")
	srv.WaitConfirmed()
	random := rand.New(rand.NewPCG(7, 8))
	came, again := 0, 0
	for range kills {
		enough := len(srv.Calls("")) + random.IntN(6)
		u.Say("/export 打码")
		srv.Within(time.Second, func() bool { return len(srv.Calls("")) >= enough })
		srv.Within(time.Duration(random.IntN(40))*time.Millisecond, func() bool { return false })
		b.kill()
		b = start(t, srv, folder)
		waitDocuments(srv, u, came+1)
		answers := notedIn(u)
		u.Say("/log 还在")
		srv.Wait("an answer behind the pack", func() bool { return notedIn(u) > answers })
		n := len(documents(u)) - came
		if n < 1 || n > 2 {
			t.Fatalf("a pack came %d times", n)
		}
		came, again = came+n, again+n-1
	}
	b.stop()
	emptied(t, srv, folder)
	t.Logf("%d kills: every pack came, %d of them twice", kills, again)
}
