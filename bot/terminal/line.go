package terminal

import (
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"tixianbot/bot"
)

// Read turns a line that a person typed at the time now into an update. An
// error names what the line asks for and the screen does not have; it is a
// sentence for the person.
func (t *Terminal) Read(line string, now time.Time) (bot.Update, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	event, on, err := t.event(line)
	if err != nil {
		return bot.Update{}, err
	}
	id := t.next()
	u := bot.Update{ID: id, Chat: Chat, Message: bot.MessageID(id), At: now, Event: event}
	if on != 0 {
		u.Message, u.Callback = on, "press"
	}
	return u, nil
}

// event returns what a line means, and the message whose button it presses.
func (t *Terminal) event(line string) (bot.Event, bot.MessageID, error) {
	line = strings.TrimSpace(strings.ToValidUTF8(line, "\uFFFD"))
	rest := strings.TrimSpace(line[min(1, len(line)):])
	switch {
	case strings.HasPrefix(line, "!") && rest != "" && rest[0] != '!':
		button, message, err := t.press(rest)
		return bot.Pressed{Press: button.Press}, message, err
	case strings.HasPrefix(line, "@") && len(line) > 1 && line[1] != ' ':
		return sent(rest), 0, nil
	case strings.HasPrefix(line, "/"):
		return command(line), 0, nil
	case strings.HasPrefix(line, `\`) && rest != "" && strings.Contains(`!@/\`, rest[:1]):
		return bot.Said{Text: rest}, 0, nil
	}
	return bot.Said{Text: line}, 0, nil
}

// command splits "/log@name words" into its name and the words.
func command(line string) bot.Said {
	end := strings.IndexFunc(line, unicode.IsSpace)
	if end < 0 {
		end = len(line)
	}
	name, _, _ := strings.Cut(line[1:end], "@")
	if name == "" {
		return bot.Said{Text: line}
	}
	return bot.Said{Command: strings.ToLower(name), Text: strings.TrimSpace(line[end:])}
}

// sent is the file of "path words". It is not looked at, and need not be there:
// its path stands for it. A photo has no name, as with a messenger.
func sent(line string) bot.Sent {
	path, caption, _ := strings.Cut(line, " ")
	e := bot.Sent{
		Kind: kind(path), Caption: strings.TrimSpace(caption),
		File: bot.File{ID: bot.FileID(path), Unique: path},
	}
	if e.Kind == bot.Document {
		e.Name = filepath.Base(path)
	}
	return e
}

var kinds = map[string]bot.FileKind{
	".jpg": bot.Photo, ".jpeg": bot.Photo, ".png": bot.Photo, ".gif": bot.Photo,
	".webp": bot.Photo, ".heic": bot.Photo,
	".ogg": bot.Voice, ".oga": bot.Voice, ".opus": bot.Voice, ".mp3": bot.Voice,
	".m4a": bot.Voice, ".amr": bot.Voice,
}

func kind(path string) bot.FileKind {
	if k, ok := kinds[strings.ToLower(filepath.Ext(path))]; ok {
		return k
	}
	return bot.Document
}

func exact(label, name string) bool { return strings.TrimSpace(label) == name }

// bare compares without the signs that decorate a label, such as a tick.
func bare(label, name string) bool {
	sign := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	label = strings.TrimFunc(label, sign)
	return label != "" && label == strings.TrimFunc(name, sign)
}
