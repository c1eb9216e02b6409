package audit

import (
	"crypto/hmac"
	"crypto/sha256"
)

// SaltSize is how many random bytes a commitment's salt has. 128 bits: whoever holds
// the log but not the salt cannot try phone numbers against it.
const SaltSize = 16

const commitHeader = "amend.commit.v1\n"

// Commitment binds an entry to a private value without showing it.
type Commitment struct {
	Name string // what the value is: a field's key and a role, "phone/now"; never the value
	Hash Hash
}

// An Opening shows the value behind a commitment. It is as private as the value.
type Opening struct {
	Name    string `json:"name"`
	Salt    []byte `json:"salt"`
	Content string `json:"content"`
}

// Commit commits to content under name: HMAC-SHA-256 keyed with salt. Without the salt
// the hash says nothing about the content; with it, no other content fits.
func Commit(salt []byte, name, content string) Commitment {
	var w writer
	w.raw([]byte(commitHeader))
	w.text(name)
	w.text(content)
	mac := hmac.New(sha256.New, salt)
	mac.Write(w)
	return Commitment{Name: name, Hash: Hash(mac.Sum(nil))}
}

// Commitment is what o opens.
func (o Opening) Commitment() Commitment { return Commit(o.Salt, o.Name, o.Content) }
