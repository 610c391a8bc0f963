package bot

import "tixianbot/knowledge"

// commands are the commands in the order of the menu.
var commands = []string{
	"start", "help", "case", "log", "evidence", "draft", "remind", "reminders",
	"timezone", "export", "privacy", "delete", "cancel",
}

// Introduction is how the bot presents itself where a chat begins.
type Introduction struct {
	Commands    []Command // in the order of the menu
	Description string    // shown before the first message, at most 512 characters
	Short       string    // shown on the profile, at most 120 characters
}

// Command is an entry of the menu.
type Command struct {
	Name        string // without the slash
	Description string
}

// Introduce returns the introduction in the words of the content.
func Introduce(k *knowledge.Pack) Introduction {
	in := Introduction{Description: k.Say("about.description"), Short: k.Say("about.short")}
	for _, name := range commands {
		in.Commands = append(in.Commands, Command{Name: name, Description: k.Say("command." + name)})
	}
	return in
}
