package relay

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"sort"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge/calendar"
)

// year is a long time with many reminders, and what is expected of it.
type year struct {
	*world
	core    func(*Config)
	random  *rand.Rand
	cal     *calendar.Calendar
	zones   []*time.Location // of the chats, in turn
	all     []*booked
	byNote  map[string]*booked
	down    [][2]time.Time // while no process ran
	heard   int            // messages looked at of the present messenger
	firings int
}

// booked is a reminder as the test sees it: how it is to come, reckoned without
// the code under test, and how it came.
type booked struct {
	chat   bot.ChatID
	note   string
	seq    int
	due    time.Time // when it comes first
	named  bool
	next   func(after time.Time) time.Time // of a series
	snooze string                          // what its user presses when it comes, once
	came   []time.Time
	want   []time.Time
}

// remindersEach is how many reminders a chat has.
const remindersEach = 20

// A year and more with reminders of every kind: single and in series, named and
// not, put off by their users, in zones whose clocks change, over holidays, and
// a bot that is twice a day not there for twenty minutes. Each comes when it
// should, once.
func TestAYearOfReminders(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine alone")
	}
	days, n := 30, 450
	if os.Getenv("TIXIANBOT_TEST_LONG") != "" {
		days, n = 400, 10_000
	}
	core := realCore(t)
	k, err := content()
	if err != nil {
		t.Fatal(err)
	}
	in(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)))
		y := &year{world: newWorld(t, core), core: core, cal: k.Calendar, random: rand.New(rand.NewPCG(8, 400)), byNote: map[string]*booked{}}
		y.move()
		for range days {
			y.day(n / days)
		}
		y.listen()
		y.judge()
		t.Logf("%d days, %d reminders, %d firings, %d restarts", days, len(y.all), y.firings, len(y.down))
	})
}

// move sets the zones of the chats.
func (y *year) move() {
	for _, name := range []string{"Asia/Shanghai", "America/New_York", "UTC+05:30", "Europe/London"} {
		zone, err := bot.LoadZone(name)
		if err != nil {
			y.t.Fatal(err)
		}
		y.zones = append(y.zones, zone)
	}
}

func (y *year) zoneOf(chat bot.ChatID) *time.Location { return y.zones[int(chat)%len(y.zones)] }

// day lets a day pass in which n reminders are set.
func (y *year) day(n int) {
	begin := time.Now()
	var moments []time.Duration
	for range n {
		moments = append(moments, time.Duration(y.random.IntN(24*60*60))*time.Second)
	}
	outages := []time.Duration{time.Duration(y.random.IntN(11*60)) * time.Minute, time.Duration(12*60+y.random.IntN(11*60)) * time.Minute}
	slices.Sort(moments)
	for _, at := range moments {
		for len(outages) > 0 && outages[0] < at {
			y.away(begin.Add(outages[0]))
			outages = outages[1:]
		}
		y.until(begin.Add(at))
		y.book()
	}
	for _, at := range outages {
		y.away(begin.Add(at))
	}
	y.until(begin.Add(24 * time.Hour))
}

// until lets time pass, with a look now and then at what came.
func (y *year) until(at time.Time) {
	for time.Now().Before(at) {
		time.Sleep(min(time.Until(at), time.Hour))
		y.listen()
	}
}

// away stops the bot for twenty minutes.
func (y *year) away(from time.Time) {
	y.until(from)
	y.listen()
	from = time.Now()
	y.stop()
	time.Sleep(20 * time.Minute)
	y.start(y.core)
	y.heard = 0
	y.down = append(y.down, [2]time.Time{from, time.Now()})
	y.listen()
}

// book sets a reminder of some kind.
func (y *year) book() {
	i := len(y.all)
	b := &booked{chat: bot.ChatID(i/remindersEach + 1), note: fmt.Sprintf("n%dx", i)}
	if i%remindersEach == 0 {
		y.commit(y.command(b.chat, "timezone", y.zoneOf(b.chat).String()))
	}
	now := time.Now().In(y.zoneOf(b.chat))
	var words string
	switch kind := y.random.IntN(100); {
	case kind < 55:
		words = y.moment(b, now)
	case kind < 70:
		words = y.someDay(b, now)
	case kind < 80:
		n := y.random.IntN(30*24*60) + 1
		words = fmt.Sprintf("%d分钟后", n)
		b.due, b.named = now.Add(time.Duration(n)*time.Minute).Truncate(time.Second), true
	case kind < 95:
		words = y.night(b, now)
	default:
		words = y.series(b, i)
	}
	if b.next == nil && y.random.IntN(10) == 0 {
		b.snooze = []string{"1h", "1d", "3w"}[y.random.IntN(3)]
	}
	y.commit(y.command(b.chat, "remind", words+" "+b.note))
	y.agree(b, words)
	y.all, y.byNote[b.note] = append(y.all, b), b
}

// agree says yes to a reminder and compares what was understood with what was meant.
func (y *year) agree(b *booked, words string) {
	st, err := y.db.Load(b.chat, 0, func(c bot.Case) bot.Wish { return bot.Wish{Newest: 1} })
	if err != nil || len(st.Recent) == 0 {
		y.t.Fatalf("%q: no record (%v)", words, err)
	}
	b.seq = st.Recent[0].Seq
	due, err := time.Parse(time.RFC3339, st.Recent[0].Part(bot.PartDue))
	if err != nil {
		y.t.Fatalf("%q: %v; said %q", words, err, y.messenger.texts(b.chat))
	}
	if b.next == nil && due.Sub(b.due).Abs() >= time.Second {
		y.t.Errorf("%q at %v is due at %v, want %v", words, time.Now(), due, b.due)
	}
	b.due = due.In(y.zoneOf(b.chat))
	y.commit(y.pressOf(b.chat, "ry", fmt.Sprint(b.seq)))
}

// moment is a day and a clock time, at any hour but one that clocks may skip.
func (y *year) moment(b *booked, now time.Time) string {
	d := now.AddDate(0, 0, 1+y.random.IntN(90))
	hour := []int{0, 3, 5, 7, 8, 9, 10, 12, 14, 16, 18, 20, 21, 22, 23}[y.random.IntN(15)]
	b.named = true
	b.due = time.Date(d.Year(), d.Month(), d.Day(), hour, y.random.IntN(60), 0, 0, d.Location())
	return b.due.Format("2006年1月2日 15:04")
}

// someDay is a day without a clock time.
func (y *year) someDay(b *booked, now time.Time) string {
	n := 1 + y.random.IntN(40)
	d, words := now.AddDate(0, 0, n), fmt.Sprintf("%d天后", n)
	if n%3 == 0 {
		d, _ = y.cal.AddWorking(now, n)
		words = fmt.Sprintf("%d个工作日后", n)
	}
	b.due = time.Date(d.Year(), d.Month(), d.Day(), 10, 0, 0, 0, now.Location())
	return words
}

// night is a part of a day in which nothing rings.
func (y *year) night(b *booked, now time.Time) string {
	d := now.AddDate(0, 0, 2+y.random.IntN(60))
	b.due = time.Date(d.Year(), d.Month(), d.Day()+1, 8, 0, 0, 0, now.Location())
	return d.Format("2006年1月2日深夜")
}

// series is something that comes again.
func (y *year) series(b *booked, i int) string {
	hour, minute := []int{7, 9, 10, 15, 20, 23}[y.random.IntN(6)], y.random.IntN(60)
	clock := fmt.Sprintf("%02d:%02d", hour, minute)
	b.named = true
	on := func(step func(day time.Time) bool) func(time.Time) time.Time {
		return func(after time.Time) time.Time {
			after = after.In(b.due.Location())
			for n := 0; ; n++ {
				at := time.Date(after.Year(), after.Month(), after.Day()+n, hour, minute, 0, 0, after.Location())
				if at.After(after) && step(at) {
					return at
				}
			}
		}
	}
	switch {
	case i%50 == 0:
		b.next = on(func(d time.Time) bool { working, _ := y.cal.Working(d); return working && d.Weekday()%6 != 0 })
		return "每个工作日" + clock
	case i%3 == 0:
		n := 10 + y.random.IntN(20)
		b.next = on(func(d time.Time) bool { return daysApart(b.due, d)%n == 0 })
		return fmt.Sprintf("每%d天%s", n, clock)
	case i%3 == 1:
		b.next = on(func(d time.Time) bool { return d.Weekday() == time.Wednesday })
		return "每周三" + clock
	default:
		b.next = on(func(d time.Time) bool { return d.Day() == 31 || d.AddDate(0, 0, 1).Day() == 1 })
		return "每月31号" + clock
	}
}

// daysApart returns how many days lie between two.
func daysApart(a, b time.Time) int {
	midnight := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(midnight(b).Sub(midnight(a)) / (24 * time.Hour))
}

var noteInText = regexp.MustCompile(`\x{300c}(n\d+x)\x{300d}`)

// listen takes in what was delivered and does what users do then.
func (y *year) listen() {
	y.settle()
	y.messenger.mu.Lock()
	calls := slices.Clone(y.messenger.calls[y.heard:])
	y.heard = len(y.messenger.calls)
	y.messenger.mu.Unlock()
	for _, c := range calls {
		if !rings(c.text) {
			continue
		}
		for _, m := range noteInText.FindAllStringSubmatch(c.text, -1) {
			b := y.byNote[m[1]]
			if b == nil || b.chat != c.chat {
				y.t.Fatalf("chat %d was reminded of %s", c.chat, m[1])
			}
			y.firings++
			b.came = append(b.came, c.at)
			y.putOff(b)
		}
	}
}

// rings reports whether a text tells of reminders that come.
func rings(text string) bool {
	return regexp.MustCompile(`^\*\*(到时间了|有 \d+ 个提醒来晚了)`).MatchString(text)
}

// putOff presses the button that lets a reminder come again, where its user does.
func (y *year) putOff(b *booked) {
	delay := b.snooze
	if delay == "" {
		return
	}
	b.snooze = ""
	now := time.Now().In(b.due.Location())
	y.commit(y.pressOf(b.chat, "rz", fmt.Sprintf("%d.%s", b.seq, delay)))
	first := b.due
	b.want = append(b.want, y.comes(first, b.named))
	day := now
	switch delay {
	case "1h":
		b.due, b.named = now.Add(time.Hour).Truncate(time.Second), true
		return
	case "1d":
		day, b.named = now.AddDate(0, 0, 1), true
	default:
		day, _ = y.cal.AddWorking(now, 3)
		b.named = false
	}
	b.due = time.Date(day.Year(), day.Month(), day.Day(), 10, 0, 0, 0, now.Location())
}

// comes returns when what is due at a moment comes: when the bot is there, and
// not between ten and eight unless that very time was named.
func (y *year) comes(due time.Time, named bool) time.Time {
	at := y.there(due)
	minutes := at.In(due.Location()).Hour()
	if night := minutes >= 22 || minutes < 8; !night || named && at.Sub(due) <= 15*time.Minute {
		return at
	}
	l := at.In(due.Location())
	day := l.Day()
	if l.Hour() >= 22 {
		day++
	}
	return y.there(time.Date(l.Year(), l.Month(), day, 8, 0, 0, 0, due.Location()))
}

// there returns the first moment from at on at which the bot runs.
func (y *year) there(at time.Time) time.Time {
	i := sort.Search(len(y.down), func(i int) bool { return y.down[i][1].After(at) })
	if i < len(y.down) && !y.down[i][0].After(at) {
		return y.down[i][1]
	}
	return at
}

// judge compares what came with what was to come.
func (y *year) judge() {
	end := time.Now().Add(-5 * time.Minute)
	for _, b := range y.all {
		for at := y.comes(b.due, b.named); at.Before(end); at = y.comes(b.next(at), b.named) {
			b.want = append(b.want, at)
			if b.next == nil {
				break
			}
		}
		came := slices.DeleteFunc(b.came, func(at time.Time) bool { return at.After(end) })
		if len(came) != len(b.want) {
			y.t.Errorf("%s of chat %d came %d times, want %d:\n%v\n%v", b.note, b.chat, len(came), len(b.want), came, b.want)
			continue
		}
		for i, want := range b.want {
			if late := came[i].Sub(want); late < 0 || late > spreadOver+5*time.Second {
				y.t.Errorf("%s of chat %d came at %v, want %v", b.note, b.chat, came[i].In(want.Location()), want)
			}
		}
	}
}
