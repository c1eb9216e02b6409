package privacy

import (
	_ "embed"
	"encoding/json"
	"sync"

	"amend/fault"
)

// A Purpose is why somebody asks to see a value unmasked. It is part of the log entry that
// every reveal leaves (PIPL, Art 6: a clear and reasonable purpose).
type Purpose string

// A Reason is a purpose with the words in which people choose it.
type Reason struct {
	Purpose Purpose `json:"purpose"`
	Zh      string  `json:"zh"`
	En      string  `json:"en"`
}

//go:embed purposes.json
var purposesFile []byte

var purposes = sync.OnceValue(func() []Reason {
	var list []Reason
	if err := json.Unmarshal(purposesFile, &list); err != nil {
		panic("privacy: purposes.json: " + err.Error()) // embedded: wrong only if the build is
	}
	return list
})

// Purposes lists every purpose, in the order a form shows them.
func Purposes() []Reason { return append([]Reason(nil), purposes()...) }

// ParsePurpose reads a purpose. There is no free text and no default: who can't name a
// listed purpose has none.
func ParsePurpose(s string) (Purpose, error) {
	for _, r := range purposes() {
		if string(r.Purpose) == s {
			return r.Purpose, nil
		}
	}
	return "", fault.New(fault.Invalid, "purpose_unknown", "field", "purpose")
}
