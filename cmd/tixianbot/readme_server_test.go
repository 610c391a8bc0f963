package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// What the README tells operators to put on a server, tried as far as it can be
// tried here.

// blocks returns the fenced blocks of a language in the section of the README
// that the heading begins.
func blocks(t *testing.T, heading, language string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(text), "\n"+heading+"\n")
	if !ok {
		t.Fatalf("the README has no %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n##")
	var found []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(section, -1) {
		found = append(found, m[1])
	}
	if len(found) == 0 {
		t.Fatalf("%q has no block of %s", heading, language)
	}
	return found
}

const serverHeading = "### With systemd, or with Compose"

// known fails the test for names of settings that the program does not know.
func known(t *testing.T, text string) {
	t.Helper()
	names := regexp.MustCompile(`\b(?:TIXIANBOT|TELEGRAM)_[A-Z_]+\b`).FindAllString(text, -1)
	if len(names) == 0 {
		t.Errorf("no setting in %s", text)
	}
	for _, name := range names {
		secret := slices.ContainsFunc(secrets, func(s struct{ name, help string }) bool { return s.name == strings.TrimSuffix(name, "_FILE") })
		if !secret && !slices.ContainsFunc(settings(), func(s setting) bool { return s.env == name }) {
			t.Errorf("%s is no setting", name)
		}
	}
}

// TestTheUnitOfTheReadme: systemd, where there is one, understands every line of
// it and finds little that the bot could reach.
func TestTheUnitOfTheReadme(t *testing.T) {
	unit := blocks(t, serverHeading, "ini")[0]
	known(t, unit)
	for _, want := range []string{
		"DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077", "StateDirectoryMode=0700", "LimitCORE=0",
		"LoadCredential=key:", "TIXIANBOT_KEY_FILE=%d/key", "SystemCallFilter=@system-service", "RestartPreventExitStatus=2",
	} {
		if !strings.Contains(unit, want) {
			t.Errorf("the unit has no %s", want)
		}
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd here to verify it with")
	}
	file := filepath.Join(t.TempDir(), "tixianbot.service")
	if err := os.WriteFile(file, []byte(strings.Replace(unit, "/usr/local/bin/tixianbot", binary, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", file).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	const reach = "20" // in tenths
	if out, err := exec.CommandContext(t.Context(), analyze, "security", "--offline=yes", "--threshold="+reach, file).CombinedOutput(); err != nil {
		t.Errorf("systemd-analyze security: %v\n%s", err, out)
	}
}

// composition is as much of a compose file as the README uses.
type composition struct {
	Services map[string]struct {
		Build struct {
			Context string
			Args    map[string]string
		}
		Restart         string
		StopGracePeriod string   `yaml:"stop_grace_period"`
		ReadOnly        bool     `yaml:"read_only"`
		CapDrop         []string `yaml:"cap_drop"`
		SecurityOpt     []string `yaml:"security_opt"`
		Tmpfs, Volumes  []string
		Secrets         []string
		Environment     map[string]string
	}
	Volumes map[string]struct{}
	Secrets map[string]struct{ File string }
}

// TestTheComposeFileOfTheReadme: it says nothing that the Dockerfile, the
// program and the rest of it do not know.
func TestTheComposeFileOfTheReadme(t *testing.T) {
	text := blocks(t, serverHeading, "yaml")[0]
	known(t, text)
	var c composition
	if err := yaml.UnmarshalWithOptions([]byte(text), &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	docker, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	s, ok := c.Services["tixianbot"]
	if !ok || !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Equal(s.SecurityOpt, []string{"no-new-privileges:true"}) {
		t.Errorf("the service is not locked down: %+v", c.Services)
	}
	for name := range s.Build.Args {
		if !strings.Contains(string(docker), "ARG "+name) {
			t.Errorf("the Dockerfile has no argument %s", name)
		}
	}
	for _, volume := range s.Volumes {
		name, path, _ := strings.Cut(volume, ":")
		if _, ok := c.Volumes[name]; !ok || !strings.Contains(string(docker), "VOLUME "+path+"\n") {
			t.Errorf("volume %s is not one of the file and the Dockerfile", volume)
		}
	}
	for variable, value := range s.Environment {
		if variable == "TIXIANBOT_BACKUP_DIR" && strings.HasPrefix(value, "/data/") {
			continue
		}
		name, ok := strings.CutPrefix(value, "/run/secrets/")
		if _, there := c.Secrets[name]; !ok || !there || !slices.Contains(s.Secrets, name) {
			t.Errorf("%s is no secret of the service", value)
		}
	}
}

// TestTheEncryptionOfTheReadme runs its commands, one after the other, on a
// database that was plain.
func TestTheEncryptionOfTheReadme(t *testing.T) {
	unhurried(t)
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell here")
	}
	folder := t.TempDir()
	run := func(script string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), shell, "-euc", script)
		cmd.Dir = folder
		cmd.Env = append(environment(), "PATH="+filepath.Dir(binary)+string(os.PathListSeparator)+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s\n%s", err, script, out)
		}
		return string(out)
	}
	run("echo '/log " + word + "' | tixianbot chat")
	said := run(blocks(t, "### Encryption", "sh")[0])
	if strings.Count(said, "is encrypted with the key") != 2 || strings.Count(said, "\nencrypted with the key") != 1 {
		t.Errorf("they say:\n%s", said)
	}
	if out := run("TIXIANBOT_KEY_FILE=$PWD/key tixianbot cases --json"); !strings.Contains(out, word) {
		t.Errorf("the case is lost: %s", out)
	}
	if info, err := os.Stat(filepath.Join(folder, "key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file: %v, %v", info, err)
	}
}
