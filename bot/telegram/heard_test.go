package telegram

import "testing"

// Whoever counts requests sees neither the token nor the name of a file.
func TestWhatIsCountedOfARequest(t *testing.T) {
	for path, want := range map[string]string{
		"/bot1:secret/getUpdates":                       "getUpdates",
		"/prefix/bot1:secret/sendMessage":               "sendMessage",
		"/file/bot1:secret/documents/file_7.pdf":        "file",
		"/prefix/file/bot1:secret/photos/my_secret.jpg": "file",
	} {
		if got := methodOf(path); got != want {
			t.Errorf("%s is counted as %q, want %q", path, got, want)
		}
	}
}
