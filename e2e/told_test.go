package e2e

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"amend/change"
	"amend/downstream"
	"amend/internal/sandbox"
)

// mail to=ADDRESS TEXT… and sms to=NUMBER TEXT… say that somebody was told: one message holds every text.
func mail(s *story, w words) error { return s.wasTold("mail", w) }
func sms(s *story, w words) error  { return s.wasTold("sms", w) }

func (s *story) wasTold(medium string, w words) error {
	got := slices.DeleteFunc(s.world.Mailbox.To(w.of("to", "")), func(m sandbox.Message) bool { return m.Medium != medium })
	for _, m := range got {
		if !slices.ContainsFunc(w.plain, func(text string) bool { return !strings.Contains(m.Subject+"\n"+m.Text, text) }) {
			return nil
		}
	}
	return fmt.Errorf("none of %d messages to %s says %q; the last are %q", len(got), w.of("to", ""), w.plain, got[max(0, len(got)-3):])
}

// notices KIND N [to=AUDIENCE] counts what was queued about the request, whoever carries it.
func notices(s *story, w words) error {
	all, err := s.view().NoticesOf(s.at)
	if err != nil {
		return err
	}
	n := 0
	var seen []string
	for _, notice := range all {
		seen = append(seen, string(notice.Kind)+"→"+notice.Audience)
		if string(notice.Kind) == w.at(0) && w.of("to", notice.Audience) == notice.Audience {
			n++
		}
	}
	if fmt.Sprint(n) != w.at(1) {
		return fmt.Errorf("%d of %s, want %s: %v", n, w.at(0), w.at(1), seen)
	}
	return nil
}

// tasks KIND N counts what a person must do about the request.
func tasks(s *story, w words) error {
	all, err := s.view().Tasks(s.at)
	if err != nil {
		return err
	}
	n := 0
	for _, task := range all {
		if task.Kind == w.at(0) {
			n++
		}
	}
	if fmt.Sprint(n) != w.at(1) {
		return fmt.Errorf("%d tasks of %s, want %s: %+v", n, w.at(0), w.at(1), all)
	}
	return nil
}

// holds RECORD [ACTION…] says exactly which actions are blocked for a record now.
func holds(s *story, w words) error {
	id, err := s.record(w.at(0))
	if err != nil {
		return err
	}
	all, err := s.view().Holds(id)
	if err != nil {
		return err
	}
	var active []string
	for _, b := range downstream.Blocks(all, s.world.Clock.Now()) {
		active = append(active, b.Action)
	}
	if !slices.Equal(active, sorted(w.rest(1))) {
		return fmt.Errorf("blocked are %v, want %v", active, w.rest(1))
	}
	return nil
}

// blocked SYSTEM RECORD [ACTION…] says what a system was told to block.
func blocked(s *story, w words) error {
	id, err := s.record(w.at(1))
	if err != nil {
		return err
	}
	receiver := map[string]*sandbox.Receiver{"crm": s.world.CRM, "mailing": s.world.Mailing}[w.at(0)]
	got, _ := receiver.Holding(string(id))
	if !slices.Equal(sorted(got.Holds), sorted(w.rest(2))) {
		return fmt.Errorf("%s blocks %v, want %v", w.at(0), got.Holds, w.rest(2))
	}
	return nil
}

// heard SYSTEM RECORD EVENT… says that a system got events of these types, in this order.
func heard(s *story, w words) error {
	id, err := s.record(w.at(1))
	if err != nil {
		return err
	}
	receiver := map[string]*sandbox.Receiver{"crm": s.world.CRM, "mailing": s.world.Mailing}[w.at(0)]
	events, want := receiver.Heard(string(id)), w.rest(2)
	left := want
	for _, e := range events {
		if len(left) > 0 && e == left[0] {
			left = left[1:]
		}
	}
	if len(left) > 0 {
		return fmt.Errorf("%s heard %v, want %v among it", w.at(0), events, want)
	}
	return nil
}

// reads change nothing: what is only looked at leaves the database byte for byte as it was.
func reads(s *story, _ words) error {
	before, err := dump(s.view())
	if err != nil {
		return err
	}
	for range 2 {
		_, _ = s.world.Desk.Receipt(s.ctx, s.people["bob"], s.at)
		for _, m := range s.world.Mailbox.All() {
			for _, l := range linkForm.FindAllStringSubmatch(m.Text, -1) {
				_, _ = s.enter(l[1]) // a mail scanner follows every link
			}
		}
		if r, err := s.request(); err == nil {
			r.Next(s.world.Clock.Now())
			_ = r.Gates(s.world.Clock.Now())
			_, _ = s.view().Record(r.Record)
			_, _ = s.view().NoticesOf(change.ID(r.ID))
		}
	}
	after, err := dump(s.view())
	if err != nil {
		return err
	}
	for table, rows := range before {
		if !bytes.Equal(bytes.Join(rows, nil), bytes.Join(after[table], nil)) {
			return fmt.Errorf("reading changed table %s", table)
		}
	}
	return nil
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
