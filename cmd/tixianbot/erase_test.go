package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestErasedIsGoneFromTheFile: after /delete and its second tap nothing of what
// was said is told any more, and after a restart it is not in the file either.
func TestErasedIsGoneFromTheFile(t *testing.T) {
	unhurried(t)
	data := t.TempDir()
	env := []string{"TIXIANBOT_DATA=" + data}
	const platform, words = "青竹小站", "打了客服，工号7719，说周五前答复"
	if o := command(t, env, platform+"提现612元失败\n/log "+words+"\n", "chat"); o.code != 0 {
		t.Fatalf("exit code %d: %s", o.code, o.errs)
	}
	if !inFile(t, data, platform) || !inFile(t, data, "7719") {
		t.Fatal("what was said is not in the file to begin with")
	}
	if o := command(t, env, "/delete\n!1\n", "chat"); o.code != 0 {
		t.Fatalf("exit code %d: %s", o.code, o.errs)
	}
	if o := command(t, env, "", "cases", "--json"); o.code != 0 || o.out != "" {
		t.Errorf("after /delete cases says %q %s", o.out, o.errs)
	}
	if o := command(t, env, "/help\n", "chat"); o.code != 0 {
		t.Fatalf("exit code %d: %s", o.code, o.errs)
	}
	for _, word := range []string{platform, "612", "7719", words} {
		if inFile(t, data, word) {
			t.Errorf("%q is still in the file after a restart", word)
		}
	}
}

// inFile reports whether any file of a folder holds word.
func inFile(t *testing.T, folder, word string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files in the folder (%v)", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue // a socket, a folder
		}
		if bytes.Contains(raw, []byte(word)) {
			return true
		}
	}
	return false
}
