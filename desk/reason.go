package desk

// A Reason is why a request may be rejected, and what the customer can do about it: codes of
// the book of messages.
type Reason struct {
	Code   string
	Remedy string
}

// Reasons lists the reasons for a rejection, in the order a form shows them.
func Reasons() []Reason {
	known := reasons()
	codes := []string{"unclear_evidence", "value_wrong", "not_authorised", "duplicate", "not_needed", "other"}
	all := make([]Reason, len(codes))
	for i, code := range codes {
		all[i] = Reason{Code: code, Remedy: known[code]}
	}
	return all
}
