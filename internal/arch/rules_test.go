package arch

import (
	"slices"
	"strings"
)

// rooms is who may import whom among the pure rooms at the root; every room may import
// fault. A room that is not listed does not exist: adding one is a decision for this table.
var rooms = map[string][]string{
	"fault":      {},
	"customer":   {},
	"access":     {},
	"change":     {"customer", "access"},
	"policy":     {"change", "customer", "access"},
	"approve":    {"change", "customer", "access", "org"},
	"downstream": {"change", "customer", "access"},
	"notify":     {"change", "customer", "access"},
	"verify":     {"change", "customer"},
	"match":      {"customer"},
	"quality":    {"customer"},
	"intake":     {"customer"},
	"privacy":    {"customer", "access"},
	"org":        {"access"},
	"audit":      {},
}

// trade is the library that a pure room may use for its own trade, beside the standard library.
var trade = map[string][]string{
	"policy":  {"cel.dev/", "google.golang.org/protobuf/"},
	"quality": {"github.com/nyaruka/phonenumbers", "golang.org/x/text/", "golang.org/x/net/idna"},
	"match":   {"golang.org/x/text/", "github.com/mozillazg/go-pinyin"},
	"intake":  {"golang.org/x/text/"},
	"audit":   {"golang.org/x/mod/sumdb/"},
	"verify":  {"golang.org/x/crypto/argon2"},
}

// doors are the packages that turn the outside world into verbs and reads.
var doors = []string{"internal/console", "internal/portal", "internal/api"}

// impure is what no pure room may import: time and entropy are arguments, the world stays outside.
var impure = []string{"database/sql", "net", "net/http", "os", "log", "log/slog", "math/rand", "math/rand/v2", "crypto/rand"}

// clocks are the functions of package time that read one.
var clocks = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// badNames say nothing about what is inside.
var badNames = []string{"util", "utils", "helper", "helpers", "manager", "common", "model", "models"}

// known reports whether a directory, relative to the module, is one where packages may be.
func known(dir string) bool {
	first, rest, _ := strings.Cut(dir, "/")
	switch first {
	case ".", "desk", "connector", "e2e", "experiments":
		return true
	case "internal", "cmd":
		return rest != ""
	}
	_, room := rooms[first]
	return room
}

// pure reports whether dir belongs to a room without I/O, clock or randomness.
func pure(dir string) bool {
	_, room := rooms[top(dir)]
	return room
}

// allowed reports whether non-test files in dir may import the package to of this module.
// Both are relative to the module.
func allowed(dir, to string) bool {
	switch {
	case to == "." || inside(to, "cmd"):
		return false
	case inside(dir, "cmd") || inside(dir, "e2e") || inside(dir, "experiments"):
		return true
	case to == "fault" || top(dir) == top(to) && (pure(dir) || top(dir) == "desk"):
		return true
	case inside(dir, to) || inside(to, dir):
		return true // a package and what is nested in it
	case pure(dir):
		return slices.Contains(rooms[top(dir)], top(to)) && pure(to)
	case top(dir) == "desk":
		return pure(to) || among(to, "internal/store", "internal/keys")
	case top(dir) == "connector":
		return allowedConnector(dir, to)
	case top(dir) == "internal":
		return allowedInternal(dir, to)
	}
	return false
}

// allowedConnector: a connector knows the seam that it fills, the types that cross it, and
// the guarded dialler; never the store, the desk or another connector.
func allowedConnector(dir, to string) bool {
	if dir == "connector" && inside(to, "connector") {
		return true // the catalogue lists them all
	}
	return among(to, "downstream", "notify", "customer", "internal/dial", "connector/connectortest", "connector/channeltest")
}

// allowedInternal: the store knows rooms and keys; doors know desk, store, rooms and
// words; plumbing without a business word knows none.
func allowedInternal(dir, to string) bool {
	switch part := second(dir); part {
	case "internal/store":
		return pure(to) || among(to, "internal/keys")
	case "internal/work":
		return pure(to) || top(to) == "desk"
	case "internal/keys", "internal/lang":
		return pure(to)
	case "internal/page":
		return pure(to) || among(to, "internal/lang")
	case "internal/server":
		return pure(to) || inside(to, "internal") || top(to) == "desk"
	case "internal/witness":
		return pure(to)
	case "internal/invent": // customers who do not exist
		return pure(to)
	case "internal/backup":
		return pure(to) || among(to, "internal/store", "internal/keys")
	case "internal/doctor": // looks at the whole installation
		return pure(to) || among(to, "desk", "internal/store", "internal/keys", "internal/witness", "internal/lang")
	case "internal/oncall":
		return pure(to) || among(to, "internal/doctor", "internal/lang")
	case "internal/simulate": // the whole program but its doors, stepped by a seed
		return pure(to) || among(to, "desk", "internal/store", "internal/keys", "internal/work")
	case "internal/bench": // the whole program, and the floor that it stands on
		return pure(to) || inside(to, "internal") || among(to, "desk", "connector")
	case "internal/sandbox": // the world around Amend, for the demo and the stories
		return pure(to) || among(to, "desk", "connector", "internal/store", "internal/keys", "internal/dial")
	case "internal/console", "internal/portal", "internal/api":
		if slices.Contains(doors, second(to)) {
			return false
		}
		sites := part != "internal/api" && among(to, "internal/page")
		return sites || pure(to) || top(to) == "desk" || among(to, "internal/store", "internal/lang", "internal/blob")
	}
	return false
}

// inside reports whether dir is parent or nested in it.
func inside(dir, parent string) bool { return dir == parent || strings.HasPrefix(dir, parent+"/") }

// among reports whether dir is in one of the parents.
func among(dir string, parents ...string) bool {
	return slices.ContainsFunc(parents, func(p string) bool { return inside(dir, p) })
}

func top(dir string) string {
	first, _, _ := strings.Cut(dir, "/")
	return first
}

// second is the first two parts of dir.
func second(dir string) string {
	parts := strings.SplitN(dir, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}
