package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"amend/access"
	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/privacy"
)

// A Dossier is what staff see around one record: how it came to be, whether the log agrees,
// what is open on it, who follows it and who looked. Every value is masked.
type Dossier struct {
	Name     privacy.Masked
	Class    string // of the customer: standard, high
	Versions []Version
	Agrees   Agreement // of the record with its log, found now
	Open     []OpenRequest
	Reveals  []Revealed                     // of the last 30 days, newest first
	Kin      map[customer.ID]CustomerLine   // the other ends of its relations
	Follow   []Follower                     // the systems that subscribe to it
	Hints    []Hint                         // that somebody still has to judge
	People   map[string]string              // names of staff, by id
	Requests map[change.ID]ChangeLine       // the newest requests on the record
	Touches  map[change.ID][]customer.Key   // the fields of those
	Waits    map[customer.Key][]OpenRequest // open requests by the field that they touch
}

// An OpenRequest is a request that can still change the record, or is frozen.
type OpenRequest struct {
	ChangeLine
	Channel string
	Items   []Item
}

// Revealed is one look at values unmasked. For which purpose is the read log's, so that it
// is told to whoever may read that.
type Revealed struct {
	At      time.Time
	By      string // id
	Purpose string
}

// A Follower is one system that subscribes to a record, with the keys that it receives.
type Follower struct {
	Following
	Keys []customer.Key
}

// The bounds of a dossier.
const (
	looksBack    = 30 * 24 * time.Hour // how far back looks are counted: row S4
	dossierLooks = 200
	dossierLines = 30 // requests that the timeline can name
)

// Dossier answers what stands around a record, read at one moment. Test:
// TestDossierTellsWhatIsOpenWhoFollowsAndWhoLooked.
func (r *Reader) Dossier(ctx context.Context, by access.Actor, id customer.ID) (Dossier, error) {
	if by.Sort != access.Staff {
		return Dossier{}, fault.New(fault.Denied, "staff_only")
	}
	d := Dossier{People: map[string]string{}, Kin: map[customer.ID]CustomerLine{}}
	err := r.store.Snapshot(ctx, func(v View) error {
		rec, err := r.record(v, by, id)
		if err != nil {
			return err
		}
		d.Name, d.Class = r.line(by, rec).Name, string(rec.Get("customer_class"))
		for _, part := range []func(View, access.Actor, customer.Record, *Dossier) error{
			r.dossierPast, r.dossierOpen, r.dossierReveals, r.dossierKin, r.dossierFollow, r.dossierHints,
		} {
			if err := part(v, by, rec, &d); err != nil {
				return err
			}
		}
		staff, err := v.Staff()
		for _, p := range staff.People {
			d.People[p.ID] = p.Name
		}
		return err
	})
	return d, err
}

// dossierOpen adds what is open, and names the newest requests that are over.
func (r *Reader) dossierOpen(v View, by access.Actor, rec customer.Record, d *Dossier) error {
	open, err := v.OpenChanges(rec.ID)
	if err != nil {
		return err
	}
	d.Waits = map[customer.Key][]OpenRequest{}
	for _, req := range open {
		state, _ := req.Next(r.store.Now())
		is := OpenRequest{ChangeLine: ChangeLine{
			ID: req.ID, Ref: req.Ref(), Submission: req.Submission, Lane: req.Lane, Kind: req.Kind, Record: req.Record, State: state,
			FiledBy: req.Filed.ID, FiledAt: req.FiledAt,
		}, Channel: req.Channel, Items: r.items(by, req)}
		d.Open = append(d.Open, is)
		for _, k := range req.Keys() {
			d.Waits[k] = append(d.Waits[k], is)
		}
	}
	const q = `SELECT id, submission, lane, kind, record_id, state, COALESCE(level, ''), filed_by, filed_at FROM change_request
		WHERE record_id = $1 ORDER BY id DESC LIMIT $2`
	lines, err := list(v, "requests", changeLine(by), q, rec.ID, dossierLines)
	d.Requests, d.Touches = map[change.ID]ChangeLine{}, map[change.ID][]customer.Key{}
	for _, l := range lines {
		req, err := v.Change(l.ID)
		if err != nil {
			return err
		}
		d.Requests[l.ID], d.Touches[l.ID] = l, req.Keys()
	}
	return err
}

// dossierReveals counts who saw values unmasked lately.
func (r *Reader) dossierReveals(v View, by access.Actor, rec customer.Record, d *Dossier) (err error) {
	const q = `SELECT leaf FROM entry WHERE change_id = '' AND record_id = $1 AND verb = 'reveal' AND at > $2 ORDER BY id DESC LIMIT $3`
	d.Reveals, err = list(v, "reveals", func(row Row) (s Revealed, err error) {
		var leaf []byte
		if err := row.Scan(&leaf); err != nil {
			return s, err
		}
		e, err := audit.ParseLeaf(leaf)
		s.At, s.By = e.At, e.Actor
		for _, f := range e.Facts {
			if f.Name == "purpose" && by.May(access.ReadPrivacy) == nil {
				s.Purpose = f.Value
			}
		}
		return s, err
	}, q, rec.ID, r.store.Now().Add(-looksBack), dossierLooks)
	return err
}

// dossierKin names the records at the other ends of the relations.
func (r *Reader) dossierKin(v View, by access.Actor, rec customer.Record, d *Dossier) error {
	relations, err := v.relations(by, rec.ID)
	if err != nil {
		return err
	}
	var ids []customer.ID
	for _, l := range relations {
		for _, end := range []customer.ID{l.From, l.To} {
			if end != rec.ID {
				ids = append(ids, end)
			}
		}
	}
	opened, err := v.RecordsOf(ids)
	for id, kin := range opened {
		if kin.Err == nil {
			d.Kin[id] = r.line(by, kin.Record)
		}
	}
	return err
}

// dossierFollow says which system receives which key, and how it stands. A system that
// subscribes and was never told is a defect that is shown.
func (r *Reader) dossierFollow(v View, _ access.Actor, rec customer.Record, d *Dossier) error {
	systems, err := v.systems()
	if err != nil {
		return err
	}
	deliveries, err := v.Deliveries(rec.ID)
	if err != nil {
		return err
	}
	told := map[downstream.SystemID]downstream.Delivery{}
	for _, one := range deliveries {
		told[one.System] = one
	}
	scope := downstream.Scope{Kind: rec.Kind, Catalog: r.store.catalog}
	for k := range rec.Values {
		scope.Keys = append(scope.Keys, k)
	}
	for _, s := range downstream.Impact(systems, scope) {
		is := Follower{Following: Following{System: s.System, Record: rec.ID, Name: s.Name, Must: s.Must, Why: downstream.NotRaised}}
		if one, known := told[s.System]; known {
			is.Following = followingOf(SystemRow{System: downstream.System{Name: s.Name, Must: s.Must, Paused: s.Paused}}, one)
		}
		for _, m := range s.Fields {
			is.Keys = append(is.Keys, m.Key)
		}
		d.Follow = append(d.Follow, is)
	}
	return nil
}

// ByRef answers the request that people quote as "REQ-7KQ2M9X", or as "REQ-7KQ2M9X/2" for a
// lane of its own.
func (r *Reader) ByRef(ctx context.Context, by access.Actor, ref string) (change.ID, error) {
	submission, part, _ := strings.Cut(strings.ToUpper(ref), "/")
	lane, err := strconv.Atoi(part)
	if err != nil {
		lane = 1
	}
	v, id := r.store.View(ctx), change.ID("")
	err = v.Row(`SELECT id FROM change_request WHERE submission = $1 AND lane = $2`, submission, lane).Scan(&id)
	if errors.Is(err, ErrNoRow) {
		return "", noChange(change.ID(ref))
	}
	if err != nil {
		return "", fmt.Errorf("read request by its reference: %w", err)
	}
	_, err = r.opened(v, by, id)
	return id, err
}
