package quality

import (
	_ "embed"
	"strings"
	"sync"

	"amend/customer"
)

// disposableText lists domains whose mailboxes anybody opens without a password, one a line.
//
//go:embed disposable.txt
var disposableText string

var disposableDomains = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for line := range strings.Lines(disposableText) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			known[line] = true
		}
	}
	return known
})

// Disposable reports whether a mail address is of a service whose mailboxes are for an hour and
// for anybody: what arrives there proves nothing lasting. The list holds the best known ones; an
// address that is not on it may be one all the same.
func Disposable(address customer.Content) bool {
	_, domain, ok := strings.Cut(string(address), "@")
	for ok && domain != "" {
		if disposableDomains()[domain] {
			return true
		}
		_, domain, ok = strings.Cut(domain, ".") // mailboxes below a listed domain are its, too
	}
	return false
}
