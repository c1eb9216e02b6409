package main

import (
	"context"
	"crypto/rand"
	"log/slog"

	"amend/connector"
	"amend/connector/sms"
	"amend/connector/smtp"
	"amend/desk"
	"amend/internal/witness"
	"amend/notify"
)

// outside builds the seams to the outside world that the configuration names.
func (a *app) outside(h *house) (desk.Outside, error) {
	guard, err := a.guard()
	if err != nil {
		return desk.Outside{}, err
	}
	h.systems = connector.NewPool(connector.Setup{Guard: guard, Folder: a.folder(), Now: now})
	out := desk.Outside{Connector: h.systems.Of, Channels: map[notify.Medium]notify.Channel{}}
	if a.config.SMTP != "" {
		if out.Channels[notify.Mail], err = smtp.New(smtp.Config{URL: string(a.config.SMTP), From: a.config.MailFrom}); err != nil {
			return out, err
		}
	}
	if a.config.SMS != "" {
		c := sms.Config{URL: a.config.SMS, Token: string(a.config.SMSToken), Secret: []byte(a.config.SMSSecret), Client: guard.Client(), Now: now}
		if c.Mapping, err = a.smsMapping(); err != nil {
			return out, err
		}
		if out.Channels[notify.SMS], err = sms.New(c); err != nil {
			return out, err
		}
	}
	for medium, c := range out.Channels {
		out.Channels[medium] = noted{c, a.logger()}
	}
	h.channels = out.Channels
	if a.config.Witness != "" {
		if h.witness, err = a.openWitness(h); err != nil {
			return out, err
		}
		out.Witness = h.witness
	}
	return out, nil
}

// noted is a channel whose failed attempts stand in the log, without recipient or text.
type noted struct {
	notify.Channel
	log *slog.Logger
}

// Send makes one attempt. See notify.Channel.
func (n noted) Send(ctx context.Context, m notify.Outgoing) (notify.Answer, error) {
	answer, err := n.Channel.Send(ctx, m)
	if err == nil && answer.Outcome != notify.Taken {
		n.log.WarnContext(ctx, "message not taken", "medium", m.Channel, "notice", m.ID, "outcome", answer.Outcome, "why", answer.Why, "code", answer.Code)
	}
	return answer, err
}

func (a *app) smsMapping() (sms.Mapping, error) {
	if a.config.SMSMapping == "" {
		return sms.Mapping{}, nil
	}
	text, err := setting("AMEND_SMS_MAPPING", a.config.SMSMapping)
	if err != nil {
		return sms.Mapping{}, err
	}
	return sms.ParseMapping(text)
}

// openWitness opens the witness file. It asks the desk for the log's key when it first
// needs it, because the desk is made with the witness.
func (a *app) openWitness(h *house) (*witness.File, error) {
	return witness.Open(witness.Config{
		Path: a.config.Witness, Name: a.config.Domain() + "/witness", Rand: rand.Reader,
		Log: func(ctx context.Context) (string, error) { return h.desk.LogKey(ctx) },
	})
}
