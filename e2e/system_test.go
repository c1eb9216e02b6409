package e2e

import (
	"encoding/json"
	"fmt"
	"strings"

	"amend/downstream"
	"amend/fault"
)

// fail SYSTEM N lets the next N calls of a system fail.
func fail(s *story, w words) error {
	var n int
	if _, err := fmt.Sscan(w.at(1), &n); err != nil {
		return err
	}
	switch w.at(0) {
	case "crm":
		s.world.CRM.Fail(n)
	case "mailing":
		s.world.Mailing.Fail(n)
	default:
		return fmt.Errorf("%s cannot be told to fail", w.at(0))
	}
	return nil
}

// refuse SYSTEM RECORD [no more] lets a system refuse one record for good, or take it again.
func refuseRecord(s *story, w words) error {
	id, err := s.record(w.at(1))
	if err != nil {
		return err
	}
	receiver := map[string]interface{ Refuse(string, bool) }{"crm": s.world.CRM, "mailing": s.world.Mailing}[w.at(0)]
	receiver.Refuse(string(id), !w.has("more"))
	return nil
}

// must NAME connects one more system, which takes one change at a time: a copy of the CRM.
func must(s *story, w words) error {
	rows, err := s.view().Systems()
	if err != nil {
		return err
	}
	for _, row := range rows {
		if string(row.ID) != "crm" {
			continue
		}
		copied := row.System
		copied.ID, copied.Name, copied.Must = downstream.SystemID(w.at(0)), strings.ToUpper(w.at(0)), true
		copied.Settings = json.RawMessage(strings.Replace(string(copied.Settings), s.world.CRM.URL, s.world.Mailing.URL, 1))
		return s.world.Desk.AddSystem(s.ctx, s.people["ivy"], copied, s.world.Mailing.Secret())
	}
	return fault.New(fault.NotFound, "no_system")
}

// retry WHO SYSTEM RECORD and waive WHO SYSTEM RECORD REASON are what a person does about a stopped delivery.
func retry(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	return s.world.Desk.Retry(s.ctx, by, downstream.SystemID(w.at(1)), s.records[w.at(2)])
}

func skip(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	return s.world.Desk.Skip(s.ctx, by, downstream.SystemID(w.at(1)), s.records[w.at(2)], w.at(3))
}

// pause WHO SYSTEM REASON and resume WHO SYSTEM are what a person does about a whole system,
// replay WHO SYSTEM RECORD about one record in it.
func pause(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	return s.world.Desk.Pause(s.ctx, by, downstream.SystemID(w.at(1)), w.at(2))
}

func resume(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	return s.world.Desk.Resume(s.ctx, by, downstream.SystemID(w.at(1)))
}

func replay(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	return s.world.Desk.Replay(s.ctx, by, downstream.SystemID(w.at(1)), s.records[w.at(2)])
}

// paused SYSTEM WHO REASON says by whom and why a system is paused.
func paused(s *story, w words) error {
	row, err := s.view().System(downstream.SystemID(w.at(0)))
	if err != nil {
		return err
	}
	if p := row.Pause; !row.Paused || p.Name != w.at(1) || p.Reason != w.at(2) {
		return fmt.Errorf("%s is paused %v: %+v", w.at(0), row.Paused, p)
	}
	return nil
}
