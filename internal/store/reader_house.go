package store

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"amend/access"
	"amend/audit"
	"amend/customer"
	"amend/downstream"
	"amend/fault"
)

// A SystemView is one connected system. Its settings are for who manages systems; its
// secret is for nobody.
type SystemView struct {
	ID           downstream.SystemID       `json:"id"`
	Name         string                    `json:"name"`
	Connector    string                    `json:"connector"`
	Settings     json.RawMessage           `json:"settings,omitempty"`
	Fields       []downstream.Subscription `json:"fields"`
	Kinds        []customer.Kind           `json:"kinds"`
	Must         bool                      `json:"must"`
	Owner        string                    `json:"owner"`
	Region       string                    `json:"region,omitempty"`
	Paused       bool                      `json:"paused"`
	Pause        downstream.Pause          `json:"pause,omitzero"`
	DownUntil    time.Time                 `json:"down_until,omitzero"` // unreachable: probed again then
	FailingSince time.Time                 `json:"failing_since,omitzero"`
}

func systemOf(by access.Actor, s SystemRow) SystemView {
	v := SystemView{
		ID: s.ID, Name: s.Name, Connector: s.Connector, Settings: s.Settings, Fields: s.Fields, Kinds: s.Kinds, Must: s.Must,
		Owner: s.Owner, Region: s.Region, Paused: s.Paused, Pause: s.Pause, DownUntil: s.DownUntil, FailingSince: s.FailingSince,
	}
	if by.May(access.ManageSystems) != nil {
		v.Settings = nil
	}
	return v
}

// Systems answers every connected system.
func (r *Reader) Systems(ctx context.Context, by access.Actor) ([]SystemView, error) {
	if err := may(by, access.ReadSystems); err != nil {
		return nil, err
	}
	rows, err := r.store.View(ctx).Systems()
	out := make([]SystemView, 0, len(rows))
	for _, s := range rows {
		out = append(out, systemOf(by, s))
	}
	return out, err
}

// System answers one connected system.
func (r *Reader) System(ctx context.Context, by access.Actor, id downstream.SystemID) (SystemView, error) {
	if err := may(by, access.ReadSystems); err != nil {
		return SystemView{}, err
	}
	s, err := r.store.View(ctx).System(id)
	return systemOf(by, s), err
}

// SystemDeliveries pages through what a system still has to hear, or stopped hearing.
func (r *Reader) SystemDeliveries(ctx context.Context, by access.Actor, id downstream.SystemID, s Slice) (Page[Following], error) {
	if err := may(by, access.ReadSystems); err != nil {
		return Page[Following]{}, err
	}
	v := r.store.View(ctx)
	row, err := v.System(id)
	if err != nil {
		return Page[Following]{}, err
	}
	deliveries, err := v.unsettled(id, s)
	if err != nil {
		return Page[Following]{}, err
	}
	page := pageOf(deliveries, s.size(), unsettledCursor)
	out := make([]Following, len(page.Items))
	for i, d := range page.Items {
		out[i] = followingOf(row, d)
	}
	return Page[Following]{Items: out, Next: page.Next}, nil
}

// unsettled lists first what needs a person, then what waits, each by an index of its own.
func (v View) unsettled(id downstream.SystemID, s Slice) (list []downstream.Delivery, err error) {
	due, record := int64(0), customer.ID("")
	if since, after, owed := strings.Cut(s.Cursor, "-"); owed {
		if due, err = strconv.ParseInt(since, 10, 64); err != nil {
			return nil, fault.New(fault.Malformed, "bad_parameter", "field", "cursor")
		}
		record = customer.ID(after)
	} else if list, err = v.StoppedDeliveries(id, customer.ID(s.Cursor), s.size()+1); err != nil || len(list) > s.size() {
		return list, err
	}
	waits, err := v.OwedDeliveries(id, due, record, s.size()+1-len(list))
	return append(list, waits...), err
}

// unsettledCursor names the last delivery seen: its record, behind its time where it waits.
func unsettledCursor(d downstream.Delivery) string {
	if d.State == downstream.Stopped {
		return string(d.Record)
	}
	return strconv.FormatInt(d.DueAt.UnixMicro(), 10) + "-" + string(d.Record)
}

// Checkpoint answers the newest signed head of the log.
func (r *Reader) Checkpoint(ctx context.Context, by access.Actor) (size int64, note string, err error) {
	if err := may(by, access.ReadLog); err != nil {
		return 0, "", err
	}
	return r.store.View(ctx).Head()
}

// A LogProof is an entry's leaf with the path from it to the newest head.
type LogProof struct {
	Entry      string      `json:"id"`
	Pos        int64       `json:"pos"`
	Leaf       []byte      `json:"leaf"` // base64, in the format of docs/log-format.md
	Proof      audit.Proof `json:"proof"`
	Size       int64       `json:"size"`
	Checkpoint string      `json:"checkpoint"` // signed note
}

// LogProof proves that an entry is in the log. A new one waits for its head.
func (r *Reader) LogProof(ctx context.Context, by access.Actor, entry string) (LogProof, error) {
	p := LogProof{Entry: entry}
	if err := may(by, access.ReadLog); err != nil {
		return p, err
	}
	err := r.store.Snapshot(ctx, func(v View) error {
		leaf, err := v.LogLeaf(entry)
		if err != nil {
			return err
		}
		if p.Size, p.Checkpoint, err = v.Head(); err != nil {
			return err
		}
		if leaf.Pos < 0 || leaf.Pos >= p.Size {
			return fault.New(fault.Unavailable, "proof_waits", "entry", entry)
		}
		p.Pos, p.Leaf = leaf.Pos, leaf.Leaf
		p.Proof, err = audit.Inclusion(p.Size, p.Pos, v.LogRows)
		return err
	})
	return p, err
}

// A Colleague is somebody who works here.
type Colleague struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Roles      []access.Role `json:"roles"`
	Department string        `json:"department,omitempty"`
	Absent     bool          `json:"absent"`
	Delegate   string        `json:"delegate,omitempty"` // who acts for them now
}

// People answers who works here, by name, and who is away.
func (r *Reader) People(ctx context.Context, by access.Actor) ([]Colleague, error) {
	if err := may(by, access.ReadPeople); err != nil {
		return nil, err
	}
	staff, err := r.store.View(ctx).Staff()
	out := make([]Colleague, 0, len(staff.People))
	for _, p := range staff.People {
		c := Colleague{ID: p.ID, Name: p.Name, Roles: p.Roles, Department: p.Department, Absent: !staff.OnDuty(p.ID, r.store.Now())}
		if d, ok := staff.DelegateOf(p.ID, r.store.Now()); ok {
			c.Delegate = d.ID
		}
		out = append(out, c)
	}
	return out, err
}

// Catalog answers the published fields, by name.
func (r *Reader) Catalog(_ context.Context, _ access.Actor) []customer.Field {
	return slices.SortedFunc(maps.Values(r.store.catalog), func(a, b customer.Field) int { return cmp.Compare(a.Name, b.Name) })
}

// A StaffNotice is one thing that a role, a department or a person was told. It names
// records and fields, never a customer's value.
type StaffNotice struct {
	ID     string            `json:"id"`
	Kind   string            `json:"kind"`
	For    string            `json:"for"`
	Change string            `json:"change,omitempty"`
	Record customer.ID       `json:"record_id,omitempty"`
	Params map[string]string `json:"params"`
	At     time.Time         `json:"at"`
}

// maxAudiences bounds the roles and places that one person hears by.
const maxAudiences = 8

// Notices pages through what the reader was told as a person, by role and by department, newest first.
func (r *Reader) Notices(ctx context.Context, by access.Actor, s Slice) (Page[StaffNotice], error) {
	if by.Sort != access.Staff {
		return Page[StaffNotice]{}, fault.New(fault.Denied, "staff_only")
	}
	const q = `WHERE audience IN ($1, $2, $3, $4, $5, $6, $7, $8) AND (id < $9 OR $9 = '') ORDER BY id DESC LIMIT $10`
	args := make([]any, 0, maxAudiences+2)
	for _, a := range audiences(by) {
		args = append(args, a)
	}
	v := r.store.View(ctx)
	notices, err := v.notices(q, append(args, s.Cursor, s.size()+1)...)
	if err != nil {
		return Page[StaffNotice]{}, err
	}
	var out []StaffNotice
	for _, n := range notices {
		if n.Kind.Staff() {
			if err := v.openNotice(&n); err != nil {
				return Page[StaffNotice]{}, err
			}
			out = append(out, StaffNotice{ID: n.ID, Kind: string(n.Kind), For: n.Audience, Change: string(n.Change), Record: n.Record, Params: n.Params, At: n.QueuedAt})
		}
	}
	return pageOf(out, s.size(), func(n StaffNotice) string { return n.ID }), nil
}

// audiences are the names that a person hears by, padded to a fixed number.
func audiences(by access.Actor) []string {
	names := []string{"person:" + by.ID}
	if by.Department != "" {
		names = append(names, "department:"+by.Department)
		if by.Has(access.Owner) {
			names = append(names, "lead:"+by.Department)
		}
	}
	for _, role := range by.Roles {
		if len(names) < maxAudiences {
			names = append(names, "role:"+string(role))
		}
	}
	for len(names) < maxAudiences {
		names = append(names, names[0])
	}
	return names
}

// ImportRun answers how far an import is.
func (r *Reader) ImportRun(ctx context.Context, by access.Actor, id string) (ImportRun, error) {
	if by.May(access.Import) != nil {
		if err := may(by, access.ApproveImport); err != nil {
			return ImportRun{}, err
		}
	}
	return r.store.View(ctx).ImportRun(id)
}
