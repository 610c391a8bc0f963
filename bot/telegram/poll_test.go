package telegram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tixianbot/bot"
	"tixianbot/bot/telegram/telegramtest"
)

var errKept = errors.New("the store cannot write")

func TestAnUpdateIsConfirmedOnlyWhenItIsDone(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	u := srv.User(7)
	u.Say("one")
	u.Say("two")

	dones := make(chan func(error), 10)
	k := &taker{keep: func(_ bot.Update, done func(error)) { dones <- done }}
	poll(t, c, k.accept)

	first, second := <-dones, <-dones
	if got := len(srv.Pending()); got != 2 {
		t.Errorf("%d updates wait at Telegram before any is done, want 2", got)
	}
	polls := len(srv.Calls("getUpdates"))
	second(nil)
	if srv.Polling() || len(srv.Calls("getUpdates")) != polls {
		t.Error("asked for more while an update was not done")
	}
	first(nil)
	srv.WaitConfirmed()
	if diff := cmp.Diff([]string{"one", "two"}, k.texts()); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyThePrefixThatIsDurableIsConfirmed(t *testing.T) {
	srv := telegramtest.New(t)
	c, log := newClient(t, srv)
	for _, text := range []string{"one", "two", "three"} {
		srv.User(7).Say(text)
	}
	k := &taker{}
	k.keep = func(u bot.Update, done func(error)) {
		if u.Event.(bot.Said).Text == "two" && k.count("two") < 3 {
			go done(errKept)
			return
		}
		go done(nil)
	}
	poll(t, c, k.accept)
	srv.WaitConfirmed()
	want := []string{"one", "two", "three", "two", "three", "two", "three"}
	if diff := cmp.Diff(want, k.texts()); diff != "" {
		t.Error(diff)
	}
	if log.count("polling is held") != 1 {
		t.Errorf("the hold is logged %d times: %s", log.count("polling is held"), log)
	}
}

func TestACrashLosesNothing(t *testing.T) {
	srv := telegramtest.New(t)
	u := srv.User(7)
	u.Say("kept")
	u.Say("in work")

	c, _ := newClient(t, srv)
	taken := make(chan func(error), 10)
	crashed := poll(t, c, func(_ bot.Update, done func(error)) { taken <- done })
	kept, inWork := <-taken, <-taken
	kept(nil)
	go crashed()
	inWork(errors.New("the process is gone")) // what a kill is to Telegram
	crashed()

	u.Say("later")
	second, _ := newClient(t, srv)
	k := &taker{}
	poll(t, second, k.accept)
	srv.WaitConfirmed()
	if diff := cmp.Diff([]string{"in work", "later"}, k.texts()); diff != "" {
		t.Error(diff)
	}
}

func TestALostAnswerIsFetchedAgain(t *testing.T) {
	srv := telegramtest.New(t)
	srv.Inject(telegramtest.Fault{Kind: telegramtest.CutAfter, Method: "getUpdates", Times: 2})
	srv.User(7).Say("hello")
	id := srv.Pending()[0]
	c, _ := newClient(t, srv)
	k := &taker{}
	poll(t, c, k.accept)
	srv.WaitConfirmed()
	if got := k.texts(); !slices.Equal(got, []string{"hello"}) {
		t.Errorf("taken %q", got)
	}
	if got := srv.Delivered(id); got != 3 {
		t.Errorf("delivered %d times, want 3", got)
	}
}

// Updates that come out of order are taken in the order of their ids, and one
// that is not durable is not confirmed by another with a higher id.
func TestUpdatesOutOfOrder(t *testing.T) {
	srv := telegramtest.New(t)
	srv.Inject(telegramtest.Fault{Kind: telegramtest.Shuffled, Method: "getUpdates"})
	var want []string
	for i := range 50 {
		want = append(want, fmt.Sprint(i))
		srv.User(7).Say(want[i])
	}
	c, _ := newClient(t, srv)
	k := &taker{}
	k.keep = func(u bot.Update, done func(error)) {
		if u.Event.(bot.Said).Text == "0" && k.count("0") == 1 {
			done(errKept)
			return
		}
		done(nil)
	}
	poll(t, c, k.accept)
	srv.WaitConfirmed()
	if diff := cmp.Diff(append([]string{"0"}, want...), k.texts()); diff != "" { // nothing overtakes it
		t.Error(diff)
	}
}

// What is under way is not handed over again with the next batch; what was
// confirmed may be.
func TestUpdatesThatComeTwice(t *testing.T) {
	srv := telegramtest.New(t)
	srv.Inject(telegramtest.Fault{Kind: telegramtest.Repeated, Method: "getUpdates"})
	c, _ := newClient(t, srv)
	k := &taker{}
	poll(t, c, k.accept)
	srv.User(7).Say("one")
	srv.WaitConfirmed()
	srv.User(7).Say("two")
	srv.WaitConfirmed()
	if diff := cmp.Diff([]string{"one", "one", "two"}, k.texts()); diff != "" {
		t.Error(diff)
	}
}

// The next batch is fetched when half of this one is durable. It brings what is
// under way once more, which is known, and confirms only what is durable; and as
// long as it brings nothing new there is no further poll.
func TestTheNextBatchComesWhileTheLastIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		c, _ := bubble(t, srv)
		for i := range 10 {
			srv.User(int64(i + 1)).Say(fmt.Sprint(i))
		}
		ids := srv.Pending()
		k := &taker{}
		dones := map[string]func(error){}
		var mu sync.Mutex
		k.keep = func(u bot.Update, done func(error)) {
			mu.Lock()
			defer mu.Unlock()
			dones[u.Event.(bot.Said).Text] = done
		}
		finish := func(texts ...string) {
			synctest.Wait()
			for _, text := range texts {
				mu.Lock()
				done := dones[text]
				mu.Unlock()
				done(nil)
			}
			synctest.Wait()
		}
		poll(t, c, k.accept)
		finish("0", "2", "3", "4")
		if n := len(srv.Calls("getUpdates")); n != 1 {
			t.Errorf("%d polls with six of ten under way", n)
		}
		srv.User(11).Say("new")
		finish("5")
		if got := srv.Pending(); len(got) != 10 || got[0] != ids[1] {
			t.Errorf("unconfirmed %v, want all from the second of %v", got, ids)
		}
		if got := k.texts(); len(got) != 11 || got[10] != "new" {
			t.Errorf("taken %q", got)
		}
		before := len(srv.Calls("getUpdates"))
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := len(srv.Calls("getUpdates")); n > before+1 {
			t.Errorf("%d polls in an hour in which nothing was done", n-before)
		}
		finish("1", "6", "7", "8", "9", "new")
		if got := srv.Pending(); len(got) != 0 {
			t.Errorf("unconfirmed %v", got)
		}
		if got := k.texts(); len(got) != 11 {
			t.Errorf("taken %q", got)
		}
	})
}

// What is durable is waited for, but not by those who have nothing to do
// meanwhile: they ask for more.
func TestWhoHasLittleLeftToWorkOnGetsMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		c, _ := bubble(t, srv)
		for i := range many {
			srv.User(int64(i + 1)).Say("old")
		}
		var mu sync.Mutex
		var dones []func(error)
		k := &taker{keep: func(_ bot.Update, done func(error)) {
			mu.Lock()
			defer mu.Unlock()
			dones = append(dones, done)
		}}
		poll(t, c, k.accept)
		synctest.Wait()
		srv.User(20).Say("new")
		synctest.Wait()
		if got := k.texts(); len(got) != many {
			t.Fatalf("taken %q before anything was asked for", got)
		}
		c.More()
		synctest.Wait()
		if got := k.texts(); len(got) != many+1 || got[many] != "new" {
			t.Errorf("taken %q", got)
		}
		before := len(srv.Calls("getUpdates"))
		c.More() // one update is not worth a poll before it is durable
		synctest.Wait()
		if n := len(srv.Calls("getUpdates")); n != before {
			t.Errorf("%d polls for more behind one update", n-before)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, done := range dones {
			done(nil)
		}
	})
}

// An update is refused while another is being handed over, of the same chat, say.
// Whoever refuses learns that it is noted only after the other has arrived, and
// can refuse that as well: nothing is handed over behind his back.
func TestARefusalIsNotedBetweenTwoUpdates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		c, _ := bubble(t, srv)
		for _, text := range []string{"one", "two", "three"} {
			srv.User(7).Say(text)
		}
		var first func(error)
		noted, early, again := false, false, false
		k := &taker{keep: func(u bot.Update, done func(error)) {
			switch {
			case again:
				done(nil)
			case first == nil:
				first = done
			default: // the second arrives, and the first is refused
				refused := func() { first(errKept); noted = true }
				go refused()
				synctest.Wait()
				early = noted
				again = true
				done(errKept)
			}
		}}
		poll(t, c, k.accept)
		srv.WaitConfirmed()
		if early {
			t.Error("it was noted while the second was on its way")
		}
		if diff := cmp.Diff([]string{"one", "two", "one", "two", "three"}, k.texts()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestStoppingWaitsForWhatIsInWorkAndConfirmsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		c, _ := bubble(t, srv)
		taken := make(chan func(error), 1)
		stop := background(c, func(_ bot.Update, done func(error)) { taken <- done })
		srv.User(7).Say("hello")
		done := <-taken

		stopped := make(chan struct{})
		go func() { stop(); close(stopped) }()
		synctest.Wait()
		select {
		case <-stopped:
			t.Error("Poll returned while an update was in work")
		default:
		}
		done(nil)
		<-stopped
		if pending := srv.Pending(); len(pending) != 0 {
			t.Errorf("%v are not confirmed", pending)
		}
		srv.Close()
	})
}

func TestUpdatesOfAllKindsMoveTheOffset(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	k := &taker{}
	srv.PushRaw(`"thought":{}`)
	srv.PushRaw(`"message":"not a message"`)
	srv.PushRaw("")
	srv.User(7).Sticker()
	srv.Group(-5).Say("hello all")
	srv.Group(-5).Add()
	srv.User(8).Block()
	srv.User(8).Unblock()
	want := srv.Pending()
	poll(t, c, k.accept)
	srv.WaitConfirmed()
	var ids []int64
	var kinds []string
	for _, u := range k.got {
		ids = append(ids, u.ID)
		kinds = append(kinds, fmt.Sprintf("%T", u.Event))
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Error(diff)
	}
	wantKinds := []string{"bot.Ignored", "bot.Ignored", "bot.Ignored", "bot.Sent", "bot.Ignored", "bot.Grouped", "bot.Left", "bot.Returned"}
	if diff := cmp.Diff(wantKinds, kinds); diff != "" {
		t.Error(diff)
	}
}

// After an idle week Telegram numbers updates anew, maybe below the old ids.
func TestIDsThatStartAnewAreReceived(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	k := &taker{}
	poll(t, c, k.accept)
	srv.User(7).Say("old")
	srv.WaitConfirmed()
	srv.Wait("the next poll to come without an offset", func() bool { return len(srv.Calls("getUpdates")) >= 2 })
	srv.Renumber(1000)
	srv.User(7).Say("new")
	srv.Wait("the new one", func() bool { return k.count("new") == 1 })
}

func TestAnUnknownTokenEndsThePoll(t *testing.T) {
	for _, when := range []string{"getMe", "getUpdates"} {
		t.Run(when, func(t *testing.T) {
			srv := telegramtest.New(t)
			srv.Inject(telegramtest.Fault{Kind: telegramtest.Unauthorized, Method: when})
			c, _ := newClient(t, srv)
			err := c.Poll(context.Background(), new(taker).accept)
			if !errors.Is(err, ErrToken) {
				t.Errorf("Poll = %v, want ErrToken", err)
			}
			if c.Ready() {
				t.Error("ready without a token")
			}
		})
	}
	t.Run("of another bot", func(t *testing.T) {
		srv := telegramtest.New(t)
		c, err := New(Config{Token: "2:another-bot-of-the-test", APIURL: srv.URL()})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Poll(context.Background(), new(taker).accept); !errors.Is(err, ErrToken) {
			t.Errorf("Poll = %v, want ErrToken", err)
		}
	})
}

func TestTroubleIsSatOut(t *testing.T) {
	for name, kind := range map[string]telegramtest.FaultKind{
		"500":                         telegramtest.ServerError,
		"502 with a page":             telegramtest.BadGateway,
		"a page instead of an answer": telegramtest.Garbage,
		"cut before":                  telegramtest.CutBefore,
		"cut after":                   telegramtest.CutAfter,
	} {
		t.Run(name, func(t *testing.T) {
			srv := telegramtest.New(t)
			srv.Inject(telegramtest.Fault{Kind: kind, Times: 2})
			c, log := newClient(t, srv)
			k := &taker{}
			poll(t, c, k.accept)
			srv.User(7).Say("hello")
			srv.WaitConfirmed()
			if got := k.count("hello"); got != 1 {
				t.Errorf("taken %d times", got)
			}
			if got := log.count("polling fails"); got != 1 {
				t.Errorf("logged %d times: %s", got, log)
			}
			if !c.Ready() {
				t.Error("not ready after it has passed")
			}
		})
	}
}

func TestAWebhookIsRemovedWithoutDroppingUpdates(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	if err := c.call(context.Background(), "setWebhook", map[string]string{"url": "https://old.example/"}, new(bool)); err != nil {
		t.Fatal(err)
	}
	srv.User(7).Say("while there was a webhook")
	k := &taker{}
	poll(t, c, k.accept)
	srv.WaitConfirmed()
	if len(k.texts()) != 1 {
		t.Errorf("taken %q", k.texts())
	}
}

// bubble returns a client that works inside a synctest bubble.
func bubble(t *testing.T, srv *telegramtest.Server) (*Client, *journal) {
	log := &journal{}
	c, err := New(Config{
		Token:     telegramtest.Token,
		APIURL:    telegramtest.PipeURL,
		Transport: srv.Transport(),
		Log:       slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, log
}

// background runs c.Poll in a bubble and returns what ends it.
func background(c *Client, accept func(bot.Update, func(error))) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { c.Poll(ctx, accept) })
	return func() {
		cancel()
		running.Wait()
	}
}

func TestTwoPollersAreNotReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		c, log := bubble(t, srv)
		stop := background(c, new(taker).accept)
		time.Sleep(time.Second)
		if !c.Ready() {
			t.Error("not ready though it polls")
		}
		remove := srv.Inject(telegramtest.Fault{Kind: telegramtest.Conflict, Method: "getUpdates"})
		time.Sleep(4 * time.Minute) // the poll that waits ends in the first of them
		if c.Ready() {
			t.Error("ready though another polls")
		}
		if got := log.count("another bot process"); got < 3 || got > 4 {
			t.Errorf("logged %d times in three minutes, want once a minute: %s", got, log)
		}
		remove()
		time.Sleep(longestPause + defaultPollTimeout + 5*time.Second)
		if !c.Ready() {
			t.Error("not ready after the other has gone")
		}
		stop()
		noSecrets(t, log.String())
		srv.Close()
	})
}

func TestADeadNetworkIsNotReadyUntilItReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		c, log := bubble(t, srv)
		remove := srv.Inject(telegramtest.Fault{Kind: telegramtest.Hang})
		k := &taker{}
		stop := background(c, k.accept)
		time.Sleep(10 * time.Minute)
		if c.Ready() {
			t.Error("ready without a network")
		}
		if got := log.count("no answer in time"); got < 5 || got > 10 {
			t.Errorf("logged %d times in ten minutes, want about once a minute", got)
		}
		remove()
		srv.User(7).Say("hello")
		time.Sleep(pollGrace + sendTimeout + 2*longestPause) // the request that hangs has to end
		if !c.Ready() || k.count("hello") != 1 {
			t.Errorf("ready %v, taken %d times", c.Ready(), k.count("hello"))
		}
		time.Sleep(10 * time.Minute) // long polls without an update keep it ready
		if !c.Ready() {
			t.Error("not ready after an idle time")
		}
		remove = srv.Inject(telegramtest.Fault{Kind: telegramtest.BadGateway})
		time.Sleep(3 * time.Minute)
		if c.Ready() {
			t.Error("ready three minutes after the last answer")
		}
		remove()
		time.Sleep(2 * longestPause)
		if !c.Ready() {
			t.Error("not ready soon after the outage")
		}
		stop()
		srv.Close()
	})
}

// nameless is a network without names until it is mended.
type nameless struct {
	http.RoundTripper
	mended atomic.Bool
}

func (n *nameless) RoundTrip(r *http.Request) (*http.Response, error) {
	if !n.mended.Load() {
		return nil, &net.DNSError{Err: "no such host", Name: "api.example", IsNotFound: true}
	}
	return n.RoundTripper.RoundTrip(r)
}

// A start without a network, and names that do not resolve for an hour, are sat
// out, with a line a minute in the log.
func TestNamesGoneForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		log := &journal{}
		network := &nameless{RoundTripper: srv.Transport()}
		c, err := New(Config{
			Token: telegramtest.Token, APIURL: telegramtest.PipeURL, Transport: network,
			Log: slog.New(slog.NewTextHandler(log, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		k := &taker{}
		stop := background(c, k.accept)
		srv.User(7).Say("waiting")
		time.Sleep(time.Hour)
		if got := log.count("host name not resolved"); got < 50 || got > 60 || c.Ready() {
			t.Errorf("ready: %v; logged %d times in an hour, want once a minute", c.Ready(), got)
		}
		network.mended.Store(true)
		time.Sleep(2 * longestPause)
		if !c.Ready() || k.count("waiting") != 1 {
			t.Errorf("after it: ready %v, taken %d times", c.Ready(), k.count("waiting"))
		}
		network.mended.Store(false)
		time.Sleep(time.Hour)
		network.mended.Store(true)
		srv.User(7).Say("later")
		time.Sleep(2 * longestPause)
		if !c.Ready() || k.count("later") != 1 {
			t.Errorf("after the second time: ready %v, taken %d times", c.Ready(), k.count("later"))
		}
		stop()
		noSecrets(t, log.String())
		srv.Close()
	})
}

func TestSlowingDownIsObeyed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		c, _ := bubble(t, srv)
		srv.Inject(telegramtest.Fault{Kind: telegramtest.TooMany, Method: "getUpdates", RetryAfter: 40, Times: 1})
		k := &taker{}
		stop := background(c, k.accept)
		srv.User(7).Say("hello")
		time.Sleep(39 * time.Second)
		if n := len(srv.Calls("getUpdates")); n != 1 {
			t.Errorf("%d polls within the time that Telegram asked to wait", n)
		}
		time.Sleep(10 * time.Second)
		if k.count("hello") != 1 {
			t.Error("not taken after it")
		}
		stop()
		srv.Close()
	})
}

func TestOrderHoldsOverManyBatches(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	var want []string
	for i := range 1000 {
		want = append(want, fmt.Sprint(i))
		srv.User(7).Say(want[i])
	}
	k := &taker{keep: func(_ bot.Update, done func(error)) { go done(nil) }}
	poll(t, c, k.accept)
	srv.WaitConfirmed()
	if diff := cmp.Diff(want, k.texts()); diff != "" {
		t.Error(diff)
	}
}

// Whatever goes wrong at random, on both sides, every update is taken at last,
// and if repeats are left out, in order.
func TestNothingIsLostInChaos(t *testing.T) {
	for seed := range uint64(5) {
		synctest.Test(t, func(t *testing.T) {
			srv := telegramtest.New(t)
			srv.Seed(seed)
			for _, kind := range []telegramtest.FaultKind{
				telegramtest.CutBefore, telegramtest.CutAfter, telegramtest.BadGateway, telegramtest.Conflict, telegramtest.Hang,
			} {
				srv.Inject(telegramtest.Fault{Kind: kind, Chance: 0.1})
			}
			c, log := bubble(t, srv)
			dice := rand.New(rand.NewPCG(seed, seed))
			k := &taker{keep: func(_ bot.Update, done func(error)) {
				if dice.Float64() < 0.05 {
					go done(errKept)
					return
				}
				go done(nil)
			}}
			stop := background(c, k.accept)
			var want []string
			for i := range 200 {
				want = append(want, fmt.Sprint(i))
				srv.User(int64(1 + i%16)).Say(want[i])
				time.Sleep(100 * time.Millisecond)
			}
			time.Sleep(2 * time.Hour)
			stop()
			var got []string
			for _, text := range k.texts() {
				if !slices.Contains(got, text) {
					got = append(got, text)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("seed %d: %s", seed, diff)
			}
			if pending := srv.Pending(); len(pending) != 0 {
				t.Errorf("seed %d: %d updates are not confirmed after two hours", seed, len(pending))
			}
			noSecrets(t, log.String())
			srv.Close()
		})
	}
}
