package main

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

const (
	defaultZone = "Asia/Shanghai"
	tokenName   = "TELEGRAM_BOT_TOKEN"

	hookSecretName = "TIXIANBOT_WEBHOOK_SECRET"
	modelKeyName   = "OPENAI_API_KEY"
)

// config is what flags and environment set alike, for every sub-command.
type config struct {
	TelegramAPIURL string  `name:"telegram-api-url" env:"TELEGRAM_API_URL" placeholder:"URL" help:"Another Bot API server than the public one; plain http to loopback only."`
	InsecureHTTP   bool    `name:"insecure-http" env:"TIXIANBOT_INSECURE_HTTP" help:"Allow plain http to a Bot API server that is not on this machine."`
	Data           string  `name:"data" env:"TIXIANBOT_DATA" default:"./data" placeholder:"DIR" help:"Folder of the database; made if missing, for the owner alone."`
	Listen         string  `name:"listen" env:"TIXIANBOT_LISTEN" default:"127.0.0.1:8080" placeholder:"ADDR" help:"Address of /healthz, /readyz, /metrics and the webhook; with port 0 one is picked and printed; empty turns it off."`
	WebhookURL     string  `name:"webhook-url" env:"TIXIANBOT_WEBHOOK_URL" placeholder:"URL" help:"Address under which Telegram reaches the bot, to be called instead of polling; its path is served at the listening address."`
	Content        string  `name:"content" env:"TIXIANBOT_CONTENT" placeholder:"DIR" help:"Folder that overlays the built-in content; read at the start and on SIGHUP."`
	SendRate       float64 `name:"send-rate" env:"TIXIANBOT_SEND_RATE" default:"30" placeholder:"N" help:"Messages sent a second in all; 0 is no limit."`
	ChatRate       float64 `name:"chat-rate" env:"TIXIANBOT_CHAT_RATE" default:"1" placeholder:"N" help:"Messages sent a second to one chat, with a burst of 20; 0 is no limit."`
	UserRate       float64 `name:"user-rate" env:"TIXIANBOT_USER_RATE" default:"1" placeholder:"N" help:"Answers a second to one user, with a burst of 20; what comes faster is kept and answered as one, and more than 300 in 10 minutes is answered when they are over; 0 is no limit."`
	Allow          string  `name:"allow" env:"TIXIANBOT_ALLOW" placeholder:"IDS" help:"Telegram ids of those who are let in, separated by commas; others are told so once, and nothing of them is kept; empty lets everybody in."`
	Block          string  `name:"block" env:"TIXIANBOT_BLOCK" placeholder:"IDS" help:"Telegram ids of those who are not let in and not answered at all."`
	Retention      int     `name:"retention" env:"TIXIANBOT_RETENTION" default:"365" placeholder:"DAYS" help:"Days after which a chat that nobody touched is erased, 14 days after a notice to its user; 0 keeps it."`
	BackupDir      string  `name:"backup-dir" env:"TIXIANBOT_BACKUP_DIR" placeholder:"DIR" help:"Folder to which the running bot copies its database every day at 04:00 of --tz; made if missing."`
	BackupKeep     int     `name:"backup-keep" env:"TIXIANBOT_BACKUP_KEEP" default:"7" placeholder:"N" help:"How many daily backups are kept."`
	OpenAIBaseURL  string  `name:"openai-base-url" env:"OPENAI_BASE_URL" placeholder:"URL" help:"Another OpenAI-compatible server than the public one; plain http to loopback only."`
	OpenAIModel    string  `name:"openai-model" env:"OPENAI_MODEL" default:"gpt-4o-mini" placeholder:"NAME" help:"The language model that words letters, with a user's consent to each; only where OPENAI_API_KEY is set."`
	LLMDaily       string  `name:"llm-daily" env:"TIXIANBOT_LLM_DAILY" default:"20/1000" placeholder:"N/M" help:"Requests a day to the language model, for one user and in all; one number is both; 0 is no limit."`
	Log            string  `name:"log" env:"TIXIANBOT_LOG" default:"auto" placeholder:"FORM" help:"Form of the log: json, text, or auto, which is text on a terminal and json elsewhere."`
	TZ             string  `name:"tz" env:"TIXIANBOT_TZ" default:"${zone}" placeholder:"ZONE" help:"Time zone of new chats."`
}

// secrets are settings that stand in the environment or in a file that
// NAME_FILE names, and never on a command line.
var secrets = []struct{ name, help string }{
	{tokenName, "Token from @BotFather; required by run."},
	{keyName, "Encrypts the database: 32 random bytes in base64, as `tixianbot key` makes them; not set, it is plain."},
	{oldKeyName, "For rekey alone: the key that TIXIANBOT_KEY takes the place of."},
	{hookSecretName, "What Telegram shows with every call of the webhook; 1 to 256 of A-Z, a-z, 0-9, _ and -; required with a webhook."},
	{modelKeyName, "Key of an OpenAI-compatible server; without it no language model is asked."},
}

// description heads the help.
func description() string {
	var b strings.Builder
	b.WriteString("A Telegram bot for people whose withdrawal is stuck.\n\n")
	b.WriteString("Every flag can be given in the environment, under the name in brackets. Secrets\n")
	b.WriteString("stand in the environment only, or in a file that the name with _FILE names:\n")
	for _, s := range secrets {
		fmt.Fprintf(&b, "\n  %-20s  %s", s.name, s.help)
	}
	return b.String()
}

// describe returns the help of a flag or an argument with its variable and its
// default behind it.
func describe(v *kong.Value) string {
	var more []string
	for _, name := range v.Tag.Envs {
		more = append(more, "$"+name)
	}
	if v.HasDefault {
		more = append(more, "default "+v.Default)
	}
	if len(more) == 0 {
		return v.Help
	}
	return strings.TrimSuffix(v.Help, ".") + " (" + strings.Join(more, ", ") + ")."
}

// setting is a field of config as it is documented.
type setting struct{ flag, env, value, help string }

// settings returns what config reads, in the order in which -h shows it.
func settings() []setting {
	var all []setting
	for field := range reflect.TypeFor[config]().Fields() {
		tag := func(name string) string { return strings.ReplaceAll(field.Tag.Get(name), "${zone}", defaultZone) }
		all = append(all, setting{flag: "--" + tag("name"), env: tag("env"), value: tag("default"), help: tag("help")})
	}
	return all
}

// secret returns the secret name from the environment or from the file that
// name_FILE names. No error of it shows the secret.
func secret(name string) (string, error) {
	value, path := os.Getenv(name), os.Getenv(name+"_FILE")
	switch {
	case value != "" && path != "":
		return "", fmt.Errorf("%s and %s_FILE are both set; unset one of them", name, name)
	case value != "":
		return value, nil
	case path == "":
		return "", fmt.Errorf("%s is not set, nor is %s_FILE", name, name)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the file of %s_FILE: %w", name, err)
	}
	if value = strings.TrimSpace(string(data)); value == "" {
		return "", fmt.Errorf("the file of %s_FILE is empty", name)
	}
	return value, nil
}

// checkEnvironment refuses, for a sub-command, variables that would be believed
// to do something and do nothing.
func checkEnvironment(command string, environ []string) error {
	if command == "version" || command == "healthcheck" {
		return nil
	}
	for _, pair := range slices.Sorted(slices.Values(environ)) {
		name, value, _ := strings.Cut(pair, "=")
		if value == "" {
			continue
		}
		if strings.TrimSuffix(name, "_FILE") == oldKeyName && command != "rekey" {
			return fmt.Errorf("%s is set, and only rekey uses it; unset it", name)
		}
		if err := checkVariable(name); err != nil {
			return err
		}
	}
	return nil
}

// checkVariable refuses the variable name if it has no effect.
func checkVariable(name string) error {
	bare := strings.TrimSuffix(name, "_FILE")
	if !strings.HasPrefix(name, "TIXIANBOT_") || strings.HasPrefix(name, "TIXIANBOT_TEST_") {
		return nil
	}
	if slices.ContainsFunc(secrets, func(s struct{ name, help string }) bool { return s.name == bare }) {
		return nil
	}
	if slices.ContainsFunc(settings(), func(s setting) bool { return s.env == name }) {
		return nil
	}
	return fmt.Errorf("%s is set, but there is no such setting (tixianbot -h shows all there are)", name)
}

// zone returns the time zone of new chats.
func (c config) zone() (*time.Location, error) {
	if c.TZ == "" || c.TZ == "Local" {
		return nil, usageError{errors.New("the time zone must have a name such as " + defaultZone)}
	}
	zone, err := time.LoadLocation(c.TZ)
	if err != nil {
		return nil, usageError{fmt.Errorf("the time zone %q is not known", c.TZ)}
	}
	return zone, nil
}

// leastRetention is the shortest retention that leaves time for the notice, in days.
const leastRetention = 30

// retention returns how long an untouched chat is kept, 0 for ever.
func (c config) retention() (time.Duration, error) {
	if c.Retention != 0 && c.Retention < leastRetention || c.Retention > 100*365 {
		return 0, usageError{fmt.Errorf("TIXIANBOT_RETENTION is %d, want 0 or %d to %d days", c.Retention, leastRetention, 100*365)}
	}
	return time.Duration(c.Retention) * 24 * time.Hour, nil
}

// checkBackups refuses a number of backups that means nothing.
func (c config) checkBackups() error {
	if c.BackupKeep < 1 || c.BackupKeep > 1000 {
		return usageError{fmt.Errorf("TIXIANBOT_BACKUP_KEEP is %d, want 1 to 1000", c.BackupKeep)}
	}
	return nil
}

// checkRates refuses rates that mean nothing.
func (c config) checkRates() error {
	for name, rate := range map[string]float64{"TIXIANBOT_SEND_RATE": c.SendRate, "TIXIANBOT_CHAT_RATE": c.ChatRate, "TIXIANBOT_USER_RATE": c.UserRate} {
		if !(rate >= 0 && rate <= 1e6) {
			return usageError{fmt.Errorf("%s is %v, want a number of messages a second from 0 to 1000000", name, rate)}
		}
	}
	return nil
}
