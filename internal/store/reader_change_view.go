package store

import (
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/privacy"
)

// A Change is one request as its reader may see it: every value masked.
type Change struct {
	ID          change.ID     `json:"id"`
	Ref         string        `json:"ref"`
	Submission  string        `json:"submission"`
	Lane        int           `json:"lane"`
	Kind        change.Kind   `json:"kind"`
	State       change.State  `json:"state"`
	Record      customer.ID   `json:"record_id"`
	RecordKind  customer.Kind `json:"record_kind"`
	Revision    int64         `json:"revision"`
	ContentHash string        `json:"content_hash,omitempty"` // what an approval is bound to; staff only
	Channel     string        `json:"channel"`
	Source      string        `json:"source"`
	Reason      string        `json:"reason"`
	Filed       Person        `json:"filed"`
	FiledAt     time.Time     `json:"filed_at"`
	Effective   time.Time     `json:"effective_at,omitzero"`
	Assigned    string        `json:"assigned,omitempty"`
	Appeals     change.ID     `json:"appeals,omitempty"`
	AppliedAt   time.Time     `json:"applied_at,omitzero"`
	Version     int64         `json:"version,omitempty"` // record version that the apply made
	EndedAt     time.Time     `json:"ended_at,omitzero"`
	EndCode     string        `json:"end_code,omitempty"`

	Plan         PlanView     `json:"plan"`
	Items        []Item       `json:"items"`
	Proofs       []Proof      `json:"proofs"`
	Decisions    []Decision   `json:"decisions"`
	Voided       int          `json:"voided"` // decisions on an earlier content
	Questions    []Question   `json:"questions"`
	Dispute      *Dispute     `json:"dispute,omitempty"`
	Impact       []Impact     `json:"impact"`
	Completeness []Complete   `json:"completeness"`
	InSync       bool         `json:"in_sync"`
	Notices      []Told       `json:"notices"`
	Tasks        []TaskView   `json:"tasks"`
	Challenges   []Challenged `json:"challenges"`
}

// A Person is who did something. A customer sees only the sort: who decides stays inside.
type Person struct {
	ID         string      `json:"id,omitempty"`
	Name       string      `json:"name,omitempty"`
	Sort       access.Sort `json:"sort"`
	Department string      `json:"department,omitempty"`
}

func personOf(by access.Actor, p change.Party) Person {
	if by.IsCustomer() {
		return Person{Sort: p.Sort}
	}
	return Person{ID: p.ID, Name: p.Name, Sort: p.Sort, Department: p.Department}
}

// An Item is one proposed value beside the one that was reviewed; in a conflict also the
// one that is on record now.
type Item struct {
	Field    customer.Key    `json:"field"`
	Base     int64           `json:"base"`
	Was      *privacy.Masked `json:"was,omitempty"`
	WasGrade customer.Grade  `json:"was_grade,omitempty"`
	Now      *privacy.Masked `json:"now,omitempty"` // none: the value is removed
	Conflict bool            `json:"conflict,omitempty"`
	Current  *privacy.Masked `json:"current,omitempty"`
}

// A PlanView is what policy demands, gate by gate.
type PlanView struct {
	Policy  int64      `json:"policy"`
	Recipe  string     `json:"recipe"`
	Rules   []string   `json:"rules,omitempty"`
	Gates   []GateView `json:"gates"`
	Holds   []HoldView `json:"holds,omitempty"`
	Weak    bool       `json:"weak,omitempty"`
	Lost    bool       `json:"lost,omitempty"`
	Notices []string   `json:"notice,omitempty"`
	Expires time.Time  `json:"expires_at,omitzero"` // proofs must be in by then
}

// A HoldView is a downstream action that the plan blocks for a time after the apply.
type HoldView struct {
	Action  string `json:"action"`
	Seconds int64  `json:"seconds"`
}

// A GateView is one gate: met, open (the first that is not) or waiting its turn.
type GateView struct {
	Kind    change.GateKind `json:"kind"`
	Status  string          `json:"status"`           // met, open, waiting
	Since   time.Time       `json:"since,omitzero"`   // when it began to wait
	Any     []change.Combo  `json:"any,omitempty"`    // any one of these opens it
	Fields  []customer.Key  `json:"fields,omitempty"` // contacts that must answer
	Level   string          `json:"level,omitempty"`
	Role    string          `json:"role,omitempty"`
	Quorum  int             `json:"quorum,omitempty"`
	Seconds int64           `json:"seconds,omitempty"` // how long it holds, or working time until an alert
}

// A Proof is one thing proven, or attested by staff.
type Proof struct {
	Gate    change.GateKind `json:"gate"`
	Method  change.Method   `json:"method"`
	Contact customer.Key    `json:"contact,omitempty"`
	New     bool            `json:"new,omitempty"`
	Weak    bool            `json:"weak,omitempty"`
	By      Person          `json:"by"`
	At      time.Time       `json:"at"`
	Note    string          `json:"note,omitempty"` // staff only
}

// A Decision is one person's verdict.
type Decision struct {
	Level   string         `json:"level"`
	Verdict change.Verdict `json:"verdict"`
	By      Person         `json:"by"`
	For     string         `json:"for,omitempty"`
	Reason  string         `json:"reason_code,omitempty"`
	Comment string         `json:"comment,omitempty"` // staff only
	At      time.Time      `json:"at"`
}

// A Question is what a reviewer asked, and its answer.
type Question struct {
	By         Person    `json:"by"`
	At         time.Time `json:"at"`
	Text       string    `json:"text"`
	Answer     string    `json:"answer,omitempty"`
	AnsweredAt time.Time `json:"answered_at,omitzero"`
	Expires    time.Time `json:"expires_at"`
}

// A Dispute is a freeze and how it ended.
type Dispute struct {
	By      Person         `json:"by"`
	At      time.Time      `json:"at"`
	From    change.State   `json:"from"`
	Reason  string         `json:"reason,omitempty"`
	Proofs  []Proof        `json:"proofs"`
	Votes   []VoteView     `json:"votes"`
	Outcome change.Outcome `json:"outcome,omitempty"`
	Closed  time.Time      `json:"closed_at,omitzero"`
}

// A VoteView is one person's word on a dispute.
type VoteView struct {
	By      Person         `json:"by"`
	Outcome change.Outcome `json:"outcome"`
	Comment string         `json:"comment,omitempty"` // staff only
	At      time.Time      `json:"at"`
}

// An Impact is what one system would receive.
type Impact struct {
	System downstream.SystemID `json:"system"`
	Name   string              `json:"name"`
	Must   bool                `json:"must,omitempty"`
	Paused bool                `json:"paused,omitempty"`
	Region string              `json:"region,omitempty"`
	Fields []customer.Key      `json:"fields"`
}

// A Complete is how one system stands towards the applied request.
type Complete struct {
	System    downstream.SystemID `json:"system"`
	Name      string              `json:"name"`
	Must      bool                `json:"must,omitempty"`
	Owner     string              `json:"owner,omitempty"`
	Acked     bool                `json:"acked"`
	Confirmed bool                `json:"confirmed"`
	Why       downstream.Why      `json:"why,omitempty"`
	Code      string              `json:"code,omitempty"`
	Holds     downstream.Carriage `json:"holds,omitempty"` // of the holds in force: carried, or not_carried
	Pause     downstream.Pause    `json:"pause,omitzero"`  // why is paused: by whom, since when and why
}

// A Told is one thing that somebody was, or will be, told. The destination is masked.
type Told struct {
	ID       string      `json:"id"`
	Kind     string      `json:"kind"`
	Channel  string      `json:"channel"`
	Audience string      `json:"audience"` // the contact on record, or the role, department or person
	To       string      `json:"to,omitempty"`
	State    NoticeState `json:"state"`
	Code     string      `json:"code,omitempty"`
	QueuedAt time.Time   `json:"queued_at"`
	SentAt   time.Time   `json:"sent_at,omitzero"`
}

// A TaskView is something that a person must do.
type TaskView struct {
	ID       string       `json:"id"`
	Kind     string       `json:"kind"`
	Change   change.ID    `json:"change,omitempty"`
	Record   customer.ID  `json:"record_id,omitempty"`
	Contact  customer.Key `json:"contact,omitempty"`
	Role     string       `json:"role"`
	OpenedAt time.Time    `json:"opened_at"`
	DueAt    time.Time    `json:"due_at"`
	DoneAt   time.Time    `json:"done_at,omitzero"`
	Outcome  string       `json:"outcome,omitempty"`
	// Script is what to say, by language; the door fills it in.
	Script map[string]string `json:"script,omitempty"`
}

// A Challenged is one code, link or call-back that was asked for; never its secret.
type Challenged struct {
	ID      string          `json:"id"`
	Gate    change.GateKind `json:"gate"`
	Method  change.Method   `json:"method"`
	Contact customer.Key    `json:"contact"`
	New     bool            `json:"new,omitempty"`
	State   string          `json:"state"` // live, used, void, expired
	SentAt  time.Time       `json:"sent_at"`
	Expires time.Time       `json:"expires_at"`
}

// A FiledChange is what one lane of a proposal became.
type FiledChange struct {
	ID         change.ID    `json:"id"`
	Ref        string       `json:"ref"`
	Submission string       `json:"-"`
	Record     customer.ID  `json:"record_id"`
	State      change.State `json:"state"`
	Plan       PlanView     `json:"plan"`
	Impact     []Impact     `json:"impact"`
}
