package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// limitFiles lets the bot write no file beyond size bytes, as a disk that is
// full, until release is called.
func limitFiles(t *testing.T, b *running, size uint64) (release func()) {
	t.Helper()
	old := setFileLimit(t, b, size)
	return func() { setFileLimit(t, b, old) }
}

// setFileLimit sets the soft limit of the size of files and returns the one before.
func setFileLimit(t *testing.T, b *running, size uint64) uint64 {
	t.Helper()
	var old unix.Rlimit
	err := unix.Prlimit(b.cmd.Process.Pid, unix.RLIMIT_FSIZE, nil, &old)
	if err == nil {
		err = unix.Prlimit(b.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: size, Max: old.Max}, nil)
	}
	if err != nil {
		t.Fatalf("limit the files of the bot: %v", err)
	}
	return old.Cur
}

// TestADatabaseThatIsReadOnly is run as nobody where it is started by root, to
// whom permissions mean nothing.
func TestADatabaseThatIsReadOnly(t *testing.T) {
	folder := t.TempDir()
	path := fill(t, folder)
	program := filepath.Join(folder, "tixianbot")
	copyTo(t, program, binary)
	for at, mode := range map[string]os.FileMode{path: 0o444, program: 0o755, folder: 0o755, filepath.Dir(folder): 0o755} {
		if err := os.Chmod(at, mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range []string{"run --listen=", "check", "cases"} {
		cmd := exec.CommandContext(t.Context(), program, strings.Fields(args)...)
		cmd.Dir, cmd.Env = folder, environment("TIXIANBOT_DATA="+folder, "TELEGRAM_BOT_TOKEN=1000000001:a-token-for-nothing-0000000000000000")
		if os.Getuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Fatalf("%s of a file that cannot be written: %s", args, out)
		}
		told(t, args, outcome{"", string(out), cmd.ProcessState.ExitCode()}, "permission denied", botFile)
	}
}

func copyTo(t *testing.T, to, from string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
