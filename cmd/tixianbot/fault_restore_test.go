package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// Backups and restorations among the plays of the fault matrix.

// restoring backs up and restores while people go on writing, who find their
// messages answered when the bot runs again.
func restoring(p *play, times int) {
	for n := range times {
		file := filepath.Join(p.t.TempDir(), fmt.Sprintf("%d.db", n))
		p.round()
		p.sometime()
		p.refused("restore", file, "stop it first")
		p.settle()
		p.bot.stop()
		p.each(func(u *person) { p.log(u) })
		tool(p.t, p.folder, "backup", file)
		p.each(func(u *person) { p.log(u) })
		tool(p.t, p.folder, "restore", "--replay", file)
		p.start()
		p.settle()
		p.each(func(u *person) { p.renew(u) })
	}
}

// refused has a tool say no.
func (p *play) refused(sub, file string, words ...string) {
	p.t.Helper()
	told(p.t, sub+" "+filepath.Base(file), command(p.t, []string{"TIXIANBOT_DATA=" + p.folder}, "", sub, file), words...)
}

// renew presses a button of before the restoration, which is an old one and
// changes nothing, and asks for the checklist with new ones.
func (p *play) renew(u *person) {
	shown, ok := u.checklist()
	i := slices.IndexFunc(shown.Labels(), func(label string) bool { return strings.HasSuffix(label, " 1") })
	if !ok || i < 0 {
		p.t.Fatal("no checklist is shown")
	}
	u.Press(shown.Labels()[i])
	p.srv.Wait("word that the button is old", func() bool { return strings.Contains(u.Last().Text, "按钮是旧的") })
	u.Press(u.Last().Labels()[0])
	p.srv.Wait("the checklist with new buttons", func() bool {
		now, ok := u.checklist()
		return ok && now.ID != shown.ID
	})
	u.anew++
}

// spoiling tries to restore what is damaged or newer, after which the bot goes
// on with what it had.
func spoiling(p *play, times int) {
	for n := range times {
		p.round()
		p.settle()
		p.bot.stop()
		file := filepath.Join(p.t.TempDir(), fmt.Sprintf("%d.db", n))
		tool(p.t, p.folder, "backup", file)
		p.each(func(u *person) { p.log(u) })
		if n%2 == 0 {
			damage(p.t, file)
			p.refused("restore", file, "damaged", "nothing was changed")
		} else {
			makeNewer(p.t, file)
			p.refused("restore", file, "newer tixianbot", "nothing was changed")
		}
		p.start()
		p.settle()
	}
}

// damage has the texts of a backup begin with something else.
func damage(t *testing.T, file string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, bytes.ReplaceAll(raw, []byte(`{"kind"`), []byte(`#"kind"`)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// makeNewer has a backup say that it was made by a later program.
func makeNewer(t *testing.T, file string) {
	t.Helper()
	db, err := bolt.Open(file, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("format"), []byte("99")) })
	if err != nil {
		t.Fatal(err)
	}
}

// fillDiskOfBackup has the disk full while a backup is made beside the bot: there
// is a sentence and no file, and when there is room again a backup and no loss.
func fillDiskOfBackup(p *play, times int) {
	for n := range times {
		file := filepath.Join(p.t.TempDir(), fmt.Sprintf("%d.db", n))
		release := limitFiles(p.t, p.bot, 8192)
		p.round()
		p.refused("backup", file, "file too large")
		release()
		p.settle()
		if left := names(p.t, filepath.Dir(file)); len(left) > 0 {
			p.t.Errorf("left behind: %v", left)
		}
		for _, name := range names(p.t, p.folder) {
			if strings.HasPrefix(name, copyPrefix) {
				p.t.Errorf("%s is left in the data folder", name)
			}
		}
		tool(p.t, p.folder, "backup", file)
	}
}
