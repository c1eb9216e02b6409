package store

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/policy"
)

// A PolicyVersion is one version of the policy and its life: drafted by one person, agreed to
// by another, in force from a time until a later one is.
type PolicyVersion struct {
	Number    int64     `json:"number"`
	Text      []byte    `json:"text"`            // the document in canonical form
	Reason    string    `json:"reason"`          // why it was drafted
	Again     int64     `json:"again,omitempty"` // the earlier version that it puts back; 0: none
	DraftedBy string    `json:"drafted_by"`      // id
	DraftedAt time.Time `json:"drafted_at"`
	AgreedBy  string    `json:"agreed_by,omitempty"`
	AgreedAt  time.Time `json:"agreed_at,omitzero"`
	ForceAt   time.Time `json:"force_at,omitzero"`
	DroppedBy string    `json:"dropped_by,omitempty"`
	DroppedAt time.Time `json:"dropped_at,omitzero"`
	Revision  int64     `json:"-"`
}

// A PolicyState is where a version stands in its life.
type PolicyState string

// The states of a version.
const (
	PolicyDraft    PolicyState = "draft"    // waits for a second person
	PolicyWaiting  PolicyState = "waiting"  // agreed to; its time comes
	PolicyInForce  PolicyState = "in_force" // judges what is filed now
	PolicyReplaced PolicyState = "replaced" // it did
	PolicyDropped  PolicyState = "dropped"  // it never will
)

// State answers where the version stands at a time, as if it were the latest that is agreed to.
func (p PolicyVersion) State(now time.Time) PolicyState {
	switch {
	case p.DroppedBy != "":
		return PolicyDropped
	case p.AgreedBy == "":
		return PolicyDraft
	case p.ForceAt.After(now):
		return PolicyWaiting
	}
	return PolicyInForce
}

// Agreed reports whether the version will judge, judges or has judged.
func (p PolicyVersion) Agreed() bool { return p.AgreedBy != "" && p.DroppedBy == "" }

// policySet is which versions of the policy are agreed to.
const policySet topic = 0x616d656e64 + 3

// versions is what was read of the policy's versions. Versions are never removed, so their
// number and the sum of their revisions tell one such set from any other.
type versions struct {
	agreed    []agreed // by the time from which they are in force, the latest first
	count     int
	revisions int64
}

type agreed struct {
	from time.Time
	is   *policy.Policy
}

// policyCache keeps the versions as they were read last: every filing asks for the policy, and
// it is hardly ever altered.
type policyCache struct {
	mu   sync.Mutex
	last *versions
}

const areVersions = `SELECT 1 FROM (SELECT COUNT(*) AS versions, COALESCE(SUM(revision), 0) AS revisions FROM policy_version) AS agreed
	WHERE versions = $1 AND revisions = $2`

// at answers the policy in force at a time: the latest that began, and shipped before any did.
func (all *versions) at(t time.Time, shipped *policy.Policy) *policy.Policy {
	for _, v := range all.agreed {
		if !v.from.After(t) {
			return v.is
		}
	}
	return shipped
}

// PolicyVersions answers every version that the house made, the newest first.
func (v View) PolicyVersions() ([]PolicyVersion, error) {
	return list(v, "policy versions", v.scanPolicy, `SELECT number, body, revision FROM policy_version ORDER BY number DESC`)
}

// PolicyVersion answers one version.
func (v View) PolicyVersion(number int64) (PolicyVersion, error) {
	p, err := v.scanPolicy(v.Row(`SELECT number, body, revision FROM policy_version WHERE number = $1`, number))
	if errors.Is(err, ErrNoRow) {
		return p, fault.New(fault.NotFound, "no_policy_version", "version", number)
	}
	return p, err
}

func (v View) scanPolicy(row Row) (PolicyVersion, error) {
	var p PolicyVersion
	var number, revision int64
	var sealed []byte
	if err := row.Scan(&number, &sealed, &revision); err != nil {
		return p, err
	}
	body, err := v.store.keys.OpenFor("policy", sealed, boundPolicy(number, revision))
	if err == nil {
		err = json.Unmarshal(body, &p)
	}
	if err != nil {
		return p, fault.New(fault.Unavailable, "policy_altered", "version", number)
	}
	p.Revision = revision
	return p, nil
}

func boundPolicy(number, revision int64) []byte {
	return []byte("policy " + strconv.FormatInt(number, 10) + " " + strconv.FormatInt(revision, 10))
}

// policies reads the versions and keeps them.
func (v View) policies() (*versions, error) {
	rows, err := v.PolicyVersions()
	if err != nil {
		return nil, err
	}
	all := &versions{count: len(rows)}
	for _, row := range rows {
		all.revisions += row.Revision
		if !row.Agreed() {
			continue
		}
		is, err := policy.Parse(row.Text)
		if err != nil {
			return nil, fmt.Errorf("read policy %d: %w", row.Number, err)
		}
		all.agreed = append(all.agreed, agreed{row.ForceAt, is})
	}
	slices.SortStableFunc(all.agreed, func(a, b agreed) int {
		return cmp.Or(b.from.Compare(a.from), cmp.Compare(b.is.Version, a.is.Version))
	})
	v.store.policies.mu.Lock()
	defer v.store.policies.mu.Unlock()
	v.store.policies.last = all
	return all, nil
}

func (c *policyCache) get() *versions {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

// Policy answers the policy in force now, shipped if the house made none.
func (v View) Policy(shipped *policy.Policy) (*policy.Policy, error) {
	now := v.store.now()
	if all := v.store.policies.get(); all != nil {
		var one int64
		err := v.Row(areVersions, all.count, all.revisions).Scan(&one)
		if !errors.Is(err, ErrNoRow) {
			return all.at(now, shipped), err
		}
	}
	all, err := v.policies()
	if err != nil {
		return nil, err
	}
	return all.at(now, shipped), nil
}

// Policy answers the policy in force at the time of the act, from memory where it was read
// before. The act relies on it: it is run again if a version was agreed to or dropped
// meanwhile, because what it asks for may be too little.
func (tx *Tx) Policy(shipped *policy.Policy) (*policy.Policy, error) {
	if tx.policies == nil {
		all := tx.store.policies.get()
		if all == nil || tx.again {
			var err error
			if all, err = tx.View.policies(); err != nil {
				return nil, err
			}
		}
		tx.policies = all
		tx.still(Stale, policySet, areVersions, all.count, all.revisions)
	}
	return tx.policies.at(tx.now, shipped), nil
}

// AddPolicy writes a new version. Two drafts at once cannot take one number.
func (tx *Tx) AddPolicy(p PolicyVersion) error {
	sealed, err := tx.sealPolicy(p, 1)
	if err == nil {
		tx.alter(policySet)
		tx.One(Stale, `INSERT INTO policy_version (number, body, revision) VALUES ($1, $2, 1) ON CONFLICT DO NOTHING`, p.Number, sealed)
	}
	return err
}

// SavePolicy writes a version's next step in life.
func (tx *Tx) SavePolicy(p PolicyVersion) error {
	sealed, err := tx.sealPolicy(p, p.Revision+1)
	if err == nil {
		tx.alter(policySet)
		tx.One(Stale, `UPDATE policy_version SET body = $3, revision = revision + 1 WHERE number = $1 AND revision = $2`, p.Number, p.Revision, sealed)
	}
	return err
}

func (tx *Tx) sealPolicy(p PolicyVersion, revision int64) ([]byte, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("write policy %d: %w", p.Number, err)
	}
	return tx.store.keys.SealFor("policy", tx.Rand(), body, boundPolicy(p.Number, revision)), nil
}

// AddJudged keeps what the policy was told of an item.
func (tx *Tx) AddJudged(id change.ID, k customer.Key, f policy.Facts) {
	text, err := json.Marshal(f)
	if err != nil {
		tx.fail(fmt.Errorf("write facts: %w", err))
		return
	}
	tx.Exec(`INSERT INTO judged (change_id, item, facts) VALUES ($1, $2, $3)`, id, k, string(text))
}
