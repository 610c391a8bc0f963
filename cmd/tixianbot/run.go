package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/relay"
	"tixianbot/bot/telegram"
)

type runCmd struct{}

// Run is the bot, until ctx is done. What may be wrong with the configuration
// is looked at first, before anything is opened or asked.
func (runCmd) Run(ctx context.Context, p *program) error {
	log := slog.New(slog.NewJSONHandler(p.err, nil))
	again := hangups(ctx)
	client, err := p.client(log)
	if err != nil {
		return usageError{err}
	}
	zone, err := p.zone()
	if err := errors.Join(err, p.checkRates()); err != nil {
		return usageError{err}
	}
	shelf, err := openShelf(p.Content)
	if err != nil {
		return err
	}
	db, err := openPatiently(ctx, filepath.Join(p.Data, botFile))
	if err != nil {
		return err
	}
	r := relay.New(relay.Config{
		Store: db, Sender: client, Knowledge: shelf.pack,
		Zone: zone, SendRate: p.SendRate, ChatRate: p.ChatRate, Log: log,
	})
	err = p.serve(ctx, deployed{client, r, shelf, again, log})
	log.Info("stopped")
	return errors.Join(err, db.Close())
}

// client returns the connection to Telegram, which has not been used yet.
func (p *program) client(log *slog.Logger) (*telegram.Client, error) {
	token, err := secret(tokenName)
	if err != nil {
		return nil, err
	}
	return telegram.New(telegram.Config{
		Token: token, APIURL: p.TelegramAPIURL, InsecureHTTP: p.InsecureHTTP,
		SendsInFlight: relay.InFlight, Log: log,
	})
}

// deployed are the parts of a running bot.
type deployed struct {
	client *telegram.Client
	relay  *relay.Relay
	shelf  *shelf
	again  <-chan os.Signal // asks for the content to be read again
	log    *slog.Logger
}

// serve runs the parts until ctx is done, and then stops what takes updates in
// before what works on them.
func (p *program) serve(ctx context.Context, d deployed) error {
	web, err := listen(p.Listen, d.client.Ready, d.log)
	if err != nil {
		return err
	}
	defer closeSoon(web)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go d.shelf.follow(ctx, d.again, d.log)
	go d.introduce(ctx)
	d.log.Info("started", "version", version)
	return d.exchange(ctx, stop)
}

// exchange receives and sends. Should sending end by itself, stop ends the rest.
func (d deployed) exchange(ctx context.Context, stop func()) error {
	sending, stopSending := context.WithCancel(context.WithoutCancel(ctx))
	defer stopSending()
	sent := make(chan error, 1)
	go func() {
		sent <- d.relay.Run(sending)
		stop()
	}()
	err := d.client.Poll(ctx, d.relay.Accept)
	stopSending()
	if errors.Is(err, telegram.ErrToken) {
		err = usageError{fmt.Errorf("%w: look at %s, or ask @BotFather for a new one", err, tokenName)}
	}
	return errors.Join(err, <-sent)
}

// introduceAgain is how long to wait after the bot could not introduce itself.
const introduceAgain = time.Minute

// introduce tells Telegram the commands and descriptions of the bot, which
// works without them.
func (d deployed) introduce(ctx context.Context) {
	in := bot.Introduce(d.shelf.pack())
	var commands []telegram.Command
	for _, c := range in.Commands {
		commands = append(commands, telegram.Command{Name: c.Name, Description: c.Description})
	}
	for {
		err := d.client.Register(ctx, commands, in.Description, in.Short)
		if err == nil || ctx.Err() != nil {
			return
		}
		d.log.Warn("the commands could not be registered, trying again", "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(introduceAgain):
		}
	}
}

// hangups delivers the SIGHUPs of the process, which from now on do not end it,
// until ctx is done.
func hangups(ctx context.Context) <-chan os.Signal {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	context.AfterFunc(ctx, func() { signal.Stop(signals) })
	return signals
}

func closeSoon(web *endpoint) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	web.close(ctx)
}
