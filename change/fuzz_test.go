package change_test

import (
	"encoding/json"
	"testing"

	"amend/change"
	"amend/change/changetest"
)

// FuzzRequest reads requests as the store does: whatever is in them, their state can be
// asked for, and what was read writes and reads again the same.
func FuzzRequest(f *testing.F) {
	for _, r := range []change.Request{changetest.Filed(), changetest.Verified(f), changetest.Approved(f), changetest.Applied(f)} {
		plain, err := json.Marshal(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(plain)
	}
	f.Add([]byte(`{"Plan":{"gates":[{"kind":"approval"}]},"Questions":[{}],"Dispute":{"votes":[{}]}}`))
	f.Add([]byte(`{"Plan":{"gates":[{"kind":"authority","any":[{"need":-1,"of":["sms_code"]}]}]},"Proofs":[{}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var r change.Request
		if json.Unmarshal(b, &r) != nil {
			return
		}
		now := changetest.At(0)
		state, dues := r.Next(now)
		r.Gates(now)
		r.Contacts(now)
		r.OpenRole(now)
		_ = change.Invariants(r)
		for verb, err := range everyAct(r, now) {
			if verb == "apply" && err == nil && state != change.Scheduled {
				t.Errorf("applied while %s", state)
			}
		}
		for _, d := range dues {
			r.Ring(d)
		}

		plain, err := json.Marshal(r)
		if err != nil {
			return // a year beyond 9999
		}
		var back change.Request
		if err := json.Unmarshal(plain, &back); err != nil {
			t.Fatalf("what was written does not read: %v", err)
		}
		if back.Hash() != r.Hash() {
			t.Error("a request read back hashes otherwise")
		}
	})
}
