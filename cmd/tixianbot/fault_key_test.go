package main

import (
	"path/filepath"
	"strings"
	"time"
)

// changingKeys kills the bot, tries to start it with a wrong key and with none,
// and goes on with another key, which is put on a plain database the first time.
func changingKeys(p *play, times int) {
	for n := range times {
		if n%2 == 0 {
			p.settle()
		}
		p.round()
		p.sometime()
		p.bot.kill()
		p.deaths = append(p.deaths, time.Now().Add(lastWords))
		if p.key != "" {
			p.lockedOut("")
		}
		next := newKey(p.t)
		p.lockedOut(next)
		got := command(p.t, []string{"TIXIANBOT_DATA=" + p.folder, keyName + "=" + next, oldKeyName + "=" + p.key}, "", "rekey")
		if got.code != 0 || !strings.Contains(got.out, "is encrypted with the key") {
			p.t.Errorf("rekey: %d %s%s", got.code, got.out, got.errs)
		}
		p.key = next
		p.start()
	}
}

// lockedOut starts the bot with a key that is not that of its database.
func (p *play) lockedOut(key string) {
	p.t.Helper()
	env := deployment(p.srv.URL(), p.folder, keyName+"="+key)
	got := command(p.t, env, "", "run")
	if got.code != exitUsage || !strings.Contains(got.errs, "cannot be opened with this key") {
		p.t.Errorf("with the key %q: exit code %d: %s", key, got.code, got.errs)
	}
	if left, _ := filepath.Glob(filepath.Join(p.folder, "*.rekey")); len(left) > 0 {
		p.t.Errorf("left in the folder: %v", left)
	}
}
