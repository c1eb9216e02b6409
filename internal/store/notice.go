package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/notify"
)

// NoticeState is what became of one thing to be told.
type NoticeState string

// The states of a notice.
const (
	NoticeQueued    NoticeState = "queued"
	NoticeSent      NoticeState = "sent"
	NoticeDelivered NoticeState = "delivered"
	NoticeFailed    NoticeState = "failed"
	NoticeUnknown   NoticeState = "unknown" // nobody can tell; never resent blindly
	NoticeTask      NoticeState = "task"    // a person posts or calls
)

// A Notice is one thing to be told to one reader.
type Notice struct {
	notify.Part
	Change   change.ID
	Audience string // a key of the record, or "staff:" and a department
	State    NoticeState
	Attempts int
	Code     string // the channel's last word
	Ref      string // the provider's reference
	PartOf   string // the message that carried it
	QueuedAt time.Time
	SentAt   time.Time
	Lost     bool // due, and its words cannot be opened any more: it can only be written off
	sealed   []byte
}

// boundNotice is what a notice's ciphertext is bound to.
func boundNotice(id string) []byte { return []byte("notice " + id) }

// QueueNotice writes a notice, sealed under its record's key, or for staff under the master key.
func (tx *Tx) QueueNotice(n Notice) error {
	plain, err := json.Marshal(n.Part)
	if err != nil {
		return fmt.Errorf("queue notice: %w", err)
	}
	var sealed []byte
	if n.Kind.Staff() {
		sealed = tx.store.keys.SealFor("notice", tx.Rand(), plain, boundNotice(n.ID))
	} else {
		key, err := tx.keyOf(n.Record)
		if err != nil {
			return err
		}
		sealed = key.Seal(tx.Rand(), plain, boundNotice(n.ID))
	}
	state := NoticeQueued
	if n.Due.IsZero() {
		state = NoticeTask // a person posts or calls
	}
	const q = `INSERT INTO notice (id, record_id, change_id, submission, kind, channel, audience, body, state, due_at, queued_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	tx.Exec(q, n.ID, n.Record, n.Change, n.Submission, n.Kind, n.Channel, n.Audience, sealed, state, n.Due, tx.Now())
	tx.Wake()
	return nil
}

const noticeColumns = `id, record_id, change_id, submission, kind, channel, audience, body, state, attempts, COALESCE(last_error, ''), COALESCE(provider_ref, ''), COALESCE(part_of, ''), due_at, queued_at, sent_at`

func (v View) notices(q string, args ...any) ([]Notice, error) {
	return list(v, "notices", func(row Row) (n Notice, err error) {
		err = row.Scan(&n.ID, &n.Record, &n.Change, &n.Submission, &n.Kind, &n.Channel, &n.Audience, &n.sealed, &n.State, &n.Attempts, &n.Code, &n.Ref, &n.PartOf, &n.Due, &n.QueuedAt, &n.SentAt)
		return n, err
	}, `SELECT `+noticeColumns+` FROM notice `+q, args...)
}

// NoticesOf answers every notice of a request, oldest first, unopened: what was told, how, when.
func (v View) NoticesOf(id change.ID) ([]Notice, error) {
	return v.notices(`WHERE change_id = $1 ORDER BY id`, id)
}

// DueNotices answers what must be told by horizon, opened, most overdue first. Looking a
// little ahead lets parts that fall due soon travel with those that are due now.
func (v View) DueNotices(horizon time.Time, limit int) ([]Notice, error) {
	all, err := v.notices(`WHERE due_at <= $1 ORDER BY due_at LIMIT $2`, horizon, limit)
	if err != nil {
		return nil, err
	}
	for i := range all {
		err := v.openNotice(&all[i])
		if all[i].Lost = lost(err); err != nil && !all[i].Lost {
			return nil, err
		}
	}
	return all, nil
}

// lost reports whether err says that words are gone for good: their key was destroyed, or
// their bytes are not what was sealed. One such row must not keep its neighbours waiting.
func lost(err error) bool {
	return fault.KindOf(err) == fault.NotFound || fault.CodeOf(err) == "sealed_damaged"
}

func (v View) openNotice(n *Notice) error {
	var plain []byte
	var err error
	if n.Kind.Staff() {
		plain, err = v.store.keys.OpenFor("notice", n.sealed, boundNotice(n.ID))
	} else {
		key, kerr := v.dataKey(n.Record)
		if kerr != nil {
			return kerr
		}
		plain, err = key.Open(n.sealed, boundNotice(n.ID))
	}
	due := n.Due
	if err == nil {
		err = json.Unmarshal(plain, &n.Part)
	}
	if err != nil {
		return fmt.Errorf("open notice %s: %w", n.ID, err)
	}
	n.Due = due
	return nil
}

// SaveNotice writes what became of a notice. A secret's words go once they were sent.
func (tx *Tx) SaveNotice(n Notice) {
	const q = `UPDATE notice SET state = $2, attempts = $3, last_error = $4, provider_ref = $5, part_of = $6, due_at = $7, sent_at = $8,
		body = CASE WHEN CAST($9 AS BIGINT) = 1 THEN NULL ELSE body END WHERE id = $1`
	forget := n.Kind.Secret() && n.State != NoticeQueued
	tx.Exec(q, n.ID, n.State, n.Attempts, orNull(n.Code), orNull(n.Ref), orNull(n.PartOf), n.Due, n.SentAt, forget)
}

// SaveReceipt writes a provider's later word on a message: the first final one holds.
func (tx *Tx) SaveReceipt(r notify.Receipt) {
	state := NoticeDelivered
	if r.State == notify.Undelivered {
		state = NoticeFailed
	}
	tx.Exec(`UPDATE notice SET state = $2, last_error = $3 WHERE provider_ref = $1 AND state = 'sent'`, r.Ref, state, orNull(r.Code))
}

// NoticeRef answers the notice that a provider's reference belongs to.
func (v View) NoticeRef(ref string) (Notice, error) {
	all, err := v.notices(`WHERE provider_ref = $1 LIMIT 1`, ref)
	if err != nil {
		return Notice{}, err
	}
	if len(all) == 0 {
		return Notice{}, ErrNoRow
	}
	return all[0], nil
}

// A Task is something that a person must do.
type Task struct {
	ID       string
	Kind     string // callback, call, letter, sighting
	Record   customer.ID
	Change   change.ID
	Contact  customer.Key
	Role     string
	OpenedAt time.Time
	DueAt    time.Time
	DoneAt   time.Time
	DoneBy   string
	Outcome  string
}

// AddTask opens a task.
func (tx *Tx) AddTask(t Task) {
	const q = `INSERT INTO task (id, kind, record_id, change_id, contact, role, opened_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	tx.Exec(q, t.ID, t.Kind, t.Record, t.Change, t.Contact, t.Role, t.OpenedAt, t.DueAt)
}

// FinishTasks closes the open tasks of a kind for a request.
func (tx *Tx) FinishTasks(id change.ID, kind, by, outcome string) {
	tx.Exec(`UPDATE task SET done_at = $3, done_by = $4, outcome = $5 WHERE change_id = $1 AND kind = $2 AND done_at IS NULL`, id, kind, tx.Now(), by, outcome)
}

// Task answers one task of a request; any other id is not found.
func (v View) Task(of change.ID, id string) (Task, error) {
	all, err := v.tasks(`WHERE change_id = $1 AND id = $2`, of, id)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "no_task")
	}
	if err != nil {
		return Task{}, err
	}
	return all[0], nil
}

// FinishTask closes a task, once, and with it what was to be told that way.
func (tx *Tx) FinishTask(t Task, by, outcome string) {
	const q = `UPDATE task SET done_at = $2, done_by = $3, outcome = $4 WHERE id = $1 AND done_at IS NULL`
	tx.One(fault.New(fault.Conflict, "task_done"), q, t.ID, tx.Now(), by, outcome)
	state := NoticeSent
	if outcome != "done" {
		state = NoticeFailed
	}
	const told = `UPDATE notice SET state = $4, sent_at = $5 WHERE change_id = $1 AND channel = $2 AND audience = $3 AND state = 'task' AND queued_at = $6`
	tx.Exec(told, t.Change, t.Kind, t.Contact, state, tx.Now(), t.OpenedAt)
}

// Tasks answers the tasks of a request, oldest first.
func (v View) Tasks(id change.ID) ([]Task, error) {
	return v.tasks(`WHERE change_id = $1 ORDER BY id`, id)
}

// OpenTasks answers open tasks, the most urgent first.
func (v View) OpenTasks(limit int) ([]Task, error) {
	return v.tasks(`WHERE done_at IS NULL ORDER BY due_at LIMIT $1`, limit)
}

func (v View) tasks(q string, args ...any) ([]Task, error) {
	const columns = `SELECT id, kind, record_id, change_id, contact, role, opened_at, due_at, done_at, COALESCE(done_by, ''), COALESCE(outcome, '') FROM task `
	return list(v, "tasks", func(row Row) (t Task, err error) {
		err = row.Scan(&t.ID, &t.Kind, &t.Record, &t.Change, &t.Contact, &t.Role, &t.OpenedAt, &t.DueAt, &t.DoneAt, &t.DoneBy, &t.Outcome)
		return t, err
	}, columns+q, args...)
}

// Document answers the newest version of a kind of document, ErrNoRow if there is none.
func (v View) Document(kind string) (version int64, body string, err error) {
	err = v.Row(`SELECT version, body FROM document WHERE kind = $1 ORDER BY version DESC LIMIT 1`, kind).Scan(&version, &body)
	if err != nil && !errors.Is(err, ErrNoRow) {
		err = fmt.Errorf("read %s: %w", kind, err)
	}
	return version, body, err
}

// AddDocument writes the next version of a document.
func (tx *Tx) AddDocument(kind string, version int64, body, by string) {
	tx.One(Stale, `INSERT INTO document (kind, version, body, by_id, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, kind, version, body, by, tx.Now())
}
