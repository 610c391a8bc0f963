package telegram

import (
	"os"
	"testing"

	"tixianbot/bot/telegram/telegramtest"
)

// No goroutine is left behind, also on real connections.
func TestMain(m *testing.M) { os.Exit(telegramtest.Main(m)) }
