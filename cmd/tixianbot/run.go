package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/relay"
	"tixianbot/bot/telegram"
	"tixianbot/store"
)

type runCmd struct{}

// garbagePercent lets twice as much garbage gather as Go does by itself: what
// the bot keeps is small, and an update makes much.
const garbagePercent = 200

// Run is the bot, until ctx is done. What may be wrong with the configuration
// is looked at first, before anything is opened or asked.
func (runCmd) Run(ctx context.Context, p *program) error {
	debug.SetGCPercent(garbagePercent)
	log, err := p.logger()
	if err != nil {
		return usageError{err}
	}
	again := hangups(ctx)
	counts := newMetrics()
	client, err := p.client(log, counts)
	if err != nil {
		return usageError{err}
	}
	hook, err := p.webhook(client)
	if err != nil {
		return usageError{err}
	}
	zone, err := p.zone()
	keep, err2 := p.retention()
	allow, block, err3 := p.access()
	if err := errors.Join(err, err2, err3, p.checkRates(), p.checkBackups()); err != nil {
		return usageError{err}
	}
	model, err := p.wording(log)
	if err != nil {
		return usageError{err}
	}
	model.count(counts.worded)
	shelf, err := openShelf(p.Content)
	if err != nil {
		return err
	}
	db, err := openPatiently(ctx, filepath.Join(p.Data, botFile))
	if err != nil {
		return err
	}
	warnOfPlain(db, log)
	client.OpenFilesWith(db.OpenFile)
	tools := p.receiveTools(db, shelf, log)
	watched := &watched{Store: db}
	r := relay.New(relay.Config{
		Store: watched, Sender: client, Files: client, Knowledge: shelf.pack, Hungry: client.More,
		Makers: makers(shelf.pack, client, model.maker(db)), Wordings: model.each(), Dir: filepath.Join(p.Data, madeFolder),
		Zone: zone, Retention: keep, SendRate: p.SendRate, ChatRate: p.ChatRate, UserRate: p.UserRate,
		Allow: allow, Block: block, Log: log, Meter: counts,
	})
	backups, err := p.keepBackups(ctx, db, zone, log, counts)
	if err == nil {
		err = p.serve(ctx, deployed{client, hook, r, watched, shelf, again, log, counts})
		backups()
	}
	tools()
	log.Info("stopped")
	return errors.Join(err, db.Close())
}

// receiveTools begins to answer the tools that ask the running bot, and returns
// what ends it. The bot works without.
func (p *program) receiveTools(db *store.Store, shelf *shelf, log *slog.Logger) (end func()) {
	d, err := openDesk(p.Data, db, shelf.pack, log)
	if err != nil {
		log.Warn("cases, check, stats and backup cannot ask this bot", "error", err)
		return func() {}
	}
	return d.close
}

// client returns the connection to Telegram, which has not been used yet.
func (p *program) client(log *slog.Logger, counts *metrics) (*telegram.Client, error) {
	token, err := secret(tokenName)
	if err != nil {
		return nil, err
	}
	return telegram.New(telegram.Config{
		Token: token, APIURL: p.TelegramAPIURL, InsecureHTTP: p.InsecureHTTP,
		SendsInFlight: relay.InFlight, Log: log, Heard: counts.heard,
	})
}

// deployed are the parts of a running bot.
type deployed struct {
	client *telegram.Client
	hook   *telegram.Webhook // nil: the bot polls
	relay  *relay.Relay
	store  *watched
	shelf  *shelf
	again  <-chan os.Signal // asks for the content to be read again
	log    *slog.Logger
	counts *metrics
}

// serve runs the parts until ctx is done, and then stops what takes updates in
// before what works on them.
func (p *program) serve(ctx context.Context, d deployed) error {
	d.counts.registry.MustRegister(newStateMetrics(d.store.Store, d.unready))
	web, err := listen(p.Listen, d.routes(), d.log)
	if err != nil {
		return err
	}
	defer closeSoon(web)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	read := make(chan struct{}, 1)
	go d.shelf.follow(ctx, d.again, read, d.log)
	go d.introduce(ctx, read)
	go d.counts.countOutcomes(ctx, d.store.Store, d.shelf.pack)
	d.log.Info("started", "version", version)
	return d.exchange(ctx, stop)
}

// routes returns what is served: what monitors ask, and the webhook if there is one.
func (d deployed) routes() http.Handler {
	monitors := handler(d.unready, d.counts.handler())
	if d.hook == nil {
		return monitors
	}
	return route(d.hook.Path(), d.counts.posted(d.hook), monitors)
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
	err := d.receive(ctx)
	stopSending()
	if errors.Is(err, telegram.ErrToken) {
		err = usageError{fmt.Errorf("%w: look at %s, or ask @BotFather for a new one", err, tokenName)}
	}
	return errors.Join(err, <-sent)
}

// receive takes updates in, one way or the other, until ctx is done.
func (d deployed) receive(ctx context.Context) error {
	if d.hook != nil {
		return d.hook.Run(ctx, d.relay.Accept)
	}
	return d.client.Poll(ctx, d.relay.Accept)
}

// introduceAgain is how long to wait after the bot could not introduce itself.
const introduceAgain = time.Minute

// introduce tells Telegram the commands and descriptions of the bot, at the
// start and whenever the content was read again.
func (d deployed) introduce(ctx context.Context, read <-chan struct{}) {
	for {
		var again <-chan time.Time // never
		if after := d.register(ctx); after > 0 {
			again = time.After(after)
		}
		select {
		case <-ctx.Done():
			return
		case <-read:
		case <-again:
		}
	}
}

// register tells Telegram what has changed of the introduction, and returns
// after how long to try again, 0 being never: the bot works without, and what
// Telegram will not take it does not take the next time.
func (d deployed) register(ctx context.Context) time.Duration {
	in := bot.Introduce(d.shelf.pack())
	var commands []telegram.Command
	for _, c := range in.Commands {
		commands = append(commands, telegram.Command{Name: c.Name, Description: c.Description})
	}
	err := d.client.Register(ctx, commands, in.Description, in.Short)
	if err == nil || ctx.Err() != nil {
		return 0
	}
	var refusal *bot.Refusal
	if errors.As(err, &refusal) && refusal.Reason == bot.Rejected {
		d.log.Error("the commands and descriptions are not registered: Telegram does not take them", "error", err)
		return 0
	}
	d.log.Warn("the commands could not be registered, trying again", "error", err)
	if refusal != nil {
		return max(introduceAgain, refusal.After)
	}
	return introduceAgain
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
