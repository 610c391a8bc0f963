package store

import (
	"os"
	"testing"

	"tixianbot/bot/telegram/telegramtest"
)

// No goroutine is left behind when the files are closed.
func TestMain(m *testing.M) { os.Exit(telegramtest.Main(m)) }
