package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tixianbot/bot/telegram/telegramtest"
)

// newKey returns a key that the program makes.
func newKey(t testing.TB) string {
	t.Helper()
	got := command(t, nil, "", "key")
	if got.code != 0 || strings.Contains(got.errs, strings.TrimSpace(got.out)) {
		t.Fatalf("key: %d %q", got.code, got.errs)
	}
	return strings.TrimSpace(got.out)
}

const word = "kanarienvogel"

// holdsWord reports whether the database in folder shows the word.
func holdsWord(t *testing.T, folder string) bool {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(folder, botFile))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(raw, []byte(word))
}

// TestABotThatIsEncrypted: what is told to it does not stand on the disk, is
// there after a restart, and no tool gets at it without the key.
func TestABotThatIsEncrypted(t *testing.T) {
	unhurried(t)
	srv := telegramtest.New(t)
	folder, key := t.TempDir(), newKey(t)
	withKey := []string{"TIXIANBOT_DATA=" + folder, "TIXIANBOT_KEY=" + key}
	b := start(t, srv, folder, withKey...)
	u := srv.User(7)
	u.Say("/log " + word)
	u.WaitMessages(1)
	b.kill()
	if holdsWord(t, folder) {
		t.Error("the word stands in the file")
	}
	b = start(t, srv, folder, withKey...)
	tool(t, folder, "check") // the running bot answers, and has the key
	u.Say("/log once more")
	u.WaitMessages(2)
	if text, bad := b.logged("not encrypted"); bad {
		t.Errorf("the bot warns: %s", text)
	}
	b.stop()
	if got := command(t, withKey, "", "cases", "--json"); got.code != 0 || !strings.Contains(got.out, word) {
		t.Errorf("with the key: %d %s%s", got.code, got.out, got.errs)
	}
	for name, env := range map[string][]string{
		"no key":      {},
		"another key": {"TIXIANBOT_KEY=" + newKey(t)},
	} {
		refused(t, name, folder, env, "encrypted")
	}
}

// TestNothingCanBeReadInTheFolder: a pack waits to be sent when the bot is
// killed, and no file in its folder shows a word, a picture or the pack itself;
// the next bot sends it whole.
func TestNothingCanBeReadInTheFolder(t *testing.T) {
	unhurried(t)
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder, key := t.TempDir(), "TIXIANBOT_KEY="+newKey(t)
	up := srv.Inject(telegramtest.Fault{Method: "sendDocument", Kind: telegramtest.BadGateway})
	b := start(t, srv, folder, key)
	u := srv.User(7)
	u.Say(story + "，" + word)
	u.WaitText("快手")
	u.Send(telegramtest.Thing{Kind: "photo", Data: []byte("the first picture " + word)})
	u.WaitText("收好了")
	u.Say("/export")
	srv.Wait("the pack on its way", func() bool { return len(srv.Calls("sendDocument")) > 0 })
	b.kill()
	files := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		raw, err := os.ReadFile(path)
		for _, plain := range []string{word, "快手", "case.json"} {
			if bytes.Contains(raw, []byte(plain)) {
				t.Errorf("%s shows %q", path, plain)
			}
		}
		return err
	})
	if err != nil || files < 2 {
		t.Errorf("%d files, %v; want the database and the pack", files, err)
	}
	up()
	b = start(t, srv, folder, key)
	looksLikeAPack(t, waitDocuments(srv, u, 1)[0])
	b.stop()
}

func looksLikeAPack(t *testing.T, m telegramtest.Message) {
	t.Helper()
	for name, data := range unpacked(t, m.File.Data) {
		if strings.HasSuffix(name, ".jpg") && bytes.Contains(data, []byte(word)) {
			return
		}
	}
	t.Errorf("%s lacks the picture", m.File.Name)
}

// refused has every command that opens the database refuse it, before anything
// is touched, with one sentence and the exit code of a wrong environment.
func refused(t *testing.T, name, folder string, env []string, want string) {
	t.Helper()
	file := filepath.Join(folder, botFile)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	env = append([]string{"TIXIANBOT_DATA=" + folder, "TELEGRAM_BOT_TOKEN=" + telegramtest.Token, "TIXIANBOT_LISTEN="}, env...)
	for _, args := range [][]string{{"run"}, {"cases"}, {"check"}, {"stats"}, {"backup", filepath.Join(t.TempDir(), "copy")}} {
		got := command(t, env, "", args...)
		if got.code != exitUsage || !strings.Contains(got.errs, want) || strings.Count(got.errs, "\n") != 1 {
			t.Errorf("%s, %v: exit code %d: %s", name, args, got.code, got.errs)
		}
	}
	after, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("%s: the file was touched, %v", name, err)
	}
}

// TestRekeyFromTheCommandLine: on, changed and off, with the words that the
// README and the refusals name.
func TestRekeyFromTheCommandLine(t *testing.T) {
	unhurried(t)
	folder, one, two := t.TempDir(), newKey(t), newKey(t)
	data := "TIXIANBOT_DATA=" + folder
	command(t, []string{data}, "/log "+word+"\n", "chat")
	if err := os.Rename(filepath.Join(folder, chatFile), filepath.Join(folder, botFile)); err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(folder, botFile+".before-20261122T080000.000Z")
	if err := os.WriteFile(aside, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, "a plain file", folder, []string{"TIXIANBOT_KEY=" + one}, "tixianbot rekey")
	for _, step := range []struct {
		env   []string
		want  string
		plain bool
	}{
		{[]string{"TIXIANBOT_KEY=" + one}, "is encrypted with the key", false},
		{[]string{"TIXIANBOT_KEY=" + one}, "already", false},
		{[]string{"TIXIANBOT_KEY=" + two, "TIXIANBOT_OLD_KEY=" + one}, "is encrypted with the key", false},
		{[]string{"TIXIANBOT_KEY=" + two, "TIXIANBOT_OLD_KEY=" + one}, "already", false},
		{[]string{"TIXIANBOT_OLD_KEY=" + two}, "is plain", true},
	} {
		env := append(step.env, data)
		got := command(t, env, "", "rekey")
		if got.code != 0 || !strings.Contains(got.out, step.want) || !strings.HasPrefix(got.errs, aside) || holdsWord(t, folder) != step.plain {
			t.Fatalf("rekey: %d %s%s, the word can be read: %v", got.code, got.out, got.errs, holdsWord(t, folder))
		}
		look := []string{data}
		if !step.plain {
			look = append(look, step.env[0])
		}
		if got := command(t, look, "", "cases", "--json"); !strings.Contains(got.out, word) {
			t.Errorf("the case is lost: %s", got.errs)
		}
	}
	if all, _ := filepath.Glob(filepath.Join(folder, "*")); len(all) != 2 {
		t.Errorf("left in the folder: %v", all)
	}
}

func TestKeysThatMeanNothing(t *testing.T) {
	unhurried(t)
	folder, key := t.TempDir(), newKey(t)
	file := filepath.Join(folder, "key")
	if err := os.WriteFile(file, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		env  []string
		args string
		want string
	}{
		{[]string{"TIXIANBOT_KEY=correct horse battery staple"}, "chat", "a pass-phrase is not taken"},
		{[]string{"TIXIANBOT_KEY=" + key, "TIXIANBOT_KEY_FILE=" + file}, "chat", "both set"},
		{[]string{"TIXIANBOT_KEY_FILE=" + file + "x"}, "chat", "TIXIANBOT_KEY_FILE"},
		{[]string{"TIXIANBOT_OLD_KEY=" + key}, "chat", "only rekey uses it"},
		{[]string{"TIXIANBOT_KEY=" + key, "TIXIANBOT_OLD_KEY_FILE=" + file}, "rekey", "the same key"},
	} {
		got := command(t, append(tt.env, "TIXIANBOT_DATA="+filepath.Join(folder, "data")), "", tt.args)
		if got.code != exitUsage || !strings.Contains(got.errs, tt.want) || strings.Contains(got.errs, "horse") || strings.Contains(got.errs, key) {
			t.Errorf("%v: exit code %d: %s", tt.env, got.code, got.errs)
		}
	}
	got := command(t, []string{"TIXIANBOT_KEY_FILE=" + file, "TIXIANBOT_DATA=" + folder}, "/log x\n", "chat")
	if got.code != 0 {
		t.Errorf("a key in a file: %d %s", got.code, got.errs)
	}
	if got := command(t, nil, "", "rekey"); got.code != exitFailed || !strings.Contains(got.errs, "no database") {
		t.Errorf("without a database: %d %s", got.code, got.errs)
	}
}
