package smtp

import (
	"errors"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"amend/notify"
)

// ourFault is how long a retry waits when a person must first mend our account.
const ourFault = 15 * time.Minute

// unreached sorts what went wrong before a message was offered: it was certainly not taken.
func unreached(err error) notify.Answer {
	a := notify.Answer{Outcome: notify.Retry, Code: "unreached"}
	var reply *textproto.Error
	if errors.As(err, &reply) {
		a.Code = strconv.Itoa(reply.Code)
		if reply.Code >= 500 {
			a.Why, a.After = notify.BadAccount, ourFault
		}
	}
	return a
}

// refusal sorts what the server said to the message (RFC 5321 §4.2, RFC 3463). Without a
// reply the moment decides: only after the last dot may the server have taken it.
func refusal(err error) notify.Answer {
	var se *mail.SendError
	if !errors.As(err, &se) {
		return notify.Answer{Outcome: notify.Retry, Code: "unsent"}
	}
	code, status := se.ErrorCode(), se.EnhancedStatusCode()
	a := notify.Answer{Code: strings.TrimSpace(strconv.Itoa(code) + " " + status)}
	switch {
	case code == 0 && se.Reason == mail.ErrSMTPDataClose:
		return notify.Answer{Outcome: notify.Unknown, Code: "no_reply"}
	case code == 0:
		return notify.Answer{Outcome: notify.Retry, Code: "unsent"}
	case code < 500, code == 552: // RFC 5321 §4.5.3.1.10: 552 is a full mailbox, to be treated as 452
		a.Outcome = notify.Retry
	case se.Reason == mail.ErrSMTPMailFrom: // it is us that the server refuses
		a.Outcome, a.Why, a.After = notify.Retry, notify.BadAccount, ourFault
	default:
		a.Outcome, a.Why = notify.Permanent, whose(se.Reason, status)
	}
	return a
}

// whose answers who must act on a permanent refusal: 5.1 and 5.2 speak of the mailbox,
// 5.7 of a policy against what we send; without a status the stage tells.
func whose(stage mail.SendErrReason, status string) notify.Why {
	switch {
	case strings.HasPrefix(status, "5.1."), strings.HasPrefix(status, "5.2."):
		return notify.BadAddress
	case strings.HasPrefix(status, "5.6."), strings.HasPrefix(status, "5.7."):
		return notify.BadContent
	case stage == mail.ErrSMTPRcptTo:
		return notify.BadAddress
	}
	return notify.BadContent
}
