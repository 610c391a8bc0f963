package telegramtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// queue holds the updates that are not confirmed.
type queue struct {
	updates   []update
	next      int64         // id of the next update
	allowed   []string      // nil is the default
	poll      chan *answer  // ends the poll that is waiting
	delivered map[int64]int // how often an update was in an answer
	confirmed []update      // the latest that are forgotten
}

// keptConfirmed is how many confirmed updates are kept to be delivered again.
const keptConfirmed = 20

type update struct {
	id    int64
	raw   json.RawMessage
	way   string    // of a webhook: the queue it is posted in
	until time.Time // it is kept so long
}

// How long Telegram keeps updates that nobody fetches, and how long a poll may
// wait at most.
const (
	keptUpdate  = 24 * time.Hour
	keptPress   = 150 * time.Second
	longestPoll = 50 // seconds
)

// optIn are the kinds of updates that are delivered only when asked for.
var optIn = []string{"chat_member", "message_reaction", "message_reaction_count"}

// add queues an update of the given kind unless the bot does not want any; s.mu is held.
func (s *Server) add(kind string, object any) int64 {
	q := &s.queue
	wanted := slices.Contains(q.allowed, kind) || len(q.allowed) == 0 && !slices.Contains(optIn, kind)
	if !wanted {
		return 0
	}
	raw, err := json.Marshal(map[string]any{"update_id": q.next, kind: object})
	if err != nil {
		s.t.Errorf("telegramtest: encode an update: %v", err)
		return 0
	}
	kept := keptUpdate
	if kind == "callback_query" {
		kept = keptPress
	}
	s.enqueue(raw, kept)
	return q.next - 1
}

// Push queues an update of any kind with the object of that kind, and returns
// its id, or 0 if the bot did not ask for the kind.
func (s *Server) Push(kind string, object any) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(kind, object)
}

// PushRaw queues the fields of an update given as JSON, such as
// `"message":{…}`, whether the bot asked for them or not, and returns its id.
func (s *Server) PushRaw(fields string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	raw := fmt.Sprintf(`{"update_id":%d`, s.queue.next)
	if fields != "" {
		raw += "," + fields
	}
	s.enqueue(json.RawMessage(raw+"}"), keptUpdate)
	return s.queue.next - 1
}

// enqueue adds an update that is kept for so long; s.mu is held.
func (s *Server) enqueue(raw json.RawMessage, kept time.Duration) {
	q := &s.queue
	q.updates = append(q.updates, update{q.next, raw, wayOf(raw), time.Now().Add(kept)})
	q.next++
	s.push()
	s.change()
}

// Renumber makes next the id of the next update, as Telegram does after a week
// without any.
func (s *Server) Renumber(next int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.next = next
}

// Pending returns the ids of the updates that are not confirmed.
func (s *Server) Pending() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := []int64{}
	for _, u := range s.queue.updates {
		ids = append(ids, u.id)
	}
	return ids
}

// Delivered returns how often the update id was in an answer, whether or not
// the answer arrived.
func (s *Server) Delivered(id int64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.delivered[id]
}

// Polling reports whether a poll is waiting for updates.
func (s *Server) Polling() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.poll != nil
}

const (
	otherPoll    = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
	webhookIsSet = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
	webhookCame  = "Conflict: terminated by setWebhook request"
)

// getUpdates waits for updates. The newest of several polls wins, as at Telegram.
func (s *Server) getUpdates(ctx context.Context, p params) *answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.webhook.url != "" {
		return refuse(http.StatusConflict, webhookIsSet)
	}
	s.endPoll(otherPoll)
	if raw := p.get("allowed_updates"); raw != "" {
		var allowed []string
		if json.Unmarshal([]byte(raw), &allowed) != nil {
			return bad("can't parse allowed updates")
		}
		s.queue.allowed = allowed
	}
	s.queue.forget(p.int("offset"))
	mine := make(chan *answer, 1)
	s.queue.poll = mine
	s.change()
	defer func() {
		if s.queue.poll == mine {
			s.queue.poll = nil
		}
		s.change()
	}()
	return s.await(ctx, mine, p)
}

// await waits, with s.mu given up, until there are updates or the poll ends.
func (s *Server) await(ctx context.Context, ended chan *answer, p params) *answer {
	limit := int(p.int("limit"))
	if limit < 1 || limit > 100 {
		limit = 100
	}
	deadline := time.NewTimer(time.Duration(min(p.int("timeout"), longestPoll)) * time.Second)
	defer deadline.Stop()
	for over := p.int("timeout") <= 0; ; {
		s.queue.expire(time.Now())
		if len(s.queue.updates) > 0 || over {
			return &answer{result: s.queue.batch(limit)}
		}
		changed := s.changed
		s.mu.Unlock()
		var a *answer
		select {
		case a = <-ended:
		case <-changed:
		case <-deadline.C:
			over = true
		case <-ctx.Done():
			a = &answer{cut: true}
		case <-s.stopped:
			a = &answer{cut: true}
		}
		s.mu.Lock()
		select {
		case a = <-ended: // it may have ended while something else woke it
		default:
		}
		if a != nil {
			return a
		}
	}
}

func (s *Server) endPoll(why string) {
	if s.queue.poll != nil {
		s.queue.poll <- refuse(http.StatusConflict, why)
		s.queue.poll = nil
	}
}

// forget drops the updates that offset confirms.
func (q *queue) forget(offset int64) {
	if offset < 0 {
		keep := min(len(q.updates), int(-offset))
		q.updates = q.updates[len(q.updates)-keep:]
		return
	}
	q.updates = slices.DeleteFunc(q.updates, func(u update) bool {
		if u.id < offset {
			q.confirmed = append(q.confirmed, u)
		}
		return u.id < offset
	})
	q.confirmed = q.confirmed[max(0, len(q.confirmed)-keptConfirmed):]
}

// expire drops the updates that nobody fetched in time.
func (q *queue) expire(now time.Time) {
	q.updates = slices.DeleteFunc(q.updates, func(u update) bool { return now.After(u.until) })
}

func (q *queue) batch(limit int) []json.RawMessage {
	out := []json.RawMessage{}
	for _, u := range q.updates[:min(limit, len(q.updates))] {
		q.delivered[u.id]++
		out = append(out, u.raw)
	}
	return out
}
