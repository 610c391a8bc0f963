package bot

import "time"

// noticeBefore is how long before an untouched chat is erased its user is told.
const noticeBefore = 14 * 24 * time.Hour

// keepWatch asks to look, when the chat may have lain untouched long enough for
// the notice, whether it has.
func (t *turn) keepWatch(touched time.Time) {
	if t.in.Retention > 0 {
		at := touched.Add(max(t.in.Retention-noticeBefore, 0))
		t.fx.Wakes = append(t.fx.Wakes, Wake{At: at, Why: wakeKeep})
	}
}

// touched returns when a case of the chat was last touched.
func (t *turn) touched() time.Time {
	at := t.c.Touched
	for _, c := range t.in.Cases {
		if c.Touched.After(at) {
			at = c.Touched
		}
	}
	return at
}

// lapse tells the user of a chat that has lain untouched when it will be
// erased, and erases it then. Whatever the user does in between keeps it.
func (t *turn) lapse(erase bool) {
	keep, touched := t.in.Retention, t.touched()
	idle := t.in.At.Sub(touched)
	switch {
	case keep <= 0 || t.c.Number == 0:
	case idle < keep-noticeBefore:
		t.keepWatch(touched)
	case erase && idle >= keep:
		t.c = Case{}
		t.fx = Effects{Forget: true}
		t.tell(t.say("retention.erased"))
	default:
		at := t.in.At.Add(noticeBefore)
		t.fx.Wakes = append(t.fx.Wakes, Wake{At: at, Why: wakeErase})
		t.tell(t.say("retention.notice", "date", t.date(at)), t.stamp([][]Button{
			{t.button("keep_all", actShow, "")}, {t.caseless("delete", actDelete)},
		})...)
	}
}
