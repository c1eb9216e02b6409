package main

import (
	"fmt"
	"time"

	"amend/access"
	"amend/fault"
	"amend/internal/keys"
	"amend/internal/store"
)

type tokenCmd struct {
	Add    tokenAddCmd    `cmd:"" help:"${token_add}"`
	List   tokenListCmd   `cmd:"" help:"${token_list}"`
	Revoke tokenRevokeCmd `cmd:"" help:"${token_revoke}"`
}

type tokenAddCmd struct {
	Name       string   `arg:"" help:"${person_name}"`
	Role       []string `required:"" placeholder:"ROLE" help:"${token_role}"`
	Department string   `placeholder:"NAME" help:"${person_department}"`
}

// Run makes a bearer token and prints it alone on stdout.
func (c tokenAddCmd) Run(a *app) error {
	return a.founding(func(h *house) error {
		_, secret, err := h.desk.AddToken(a.ctx, access.Actor{Name: c.Name, Roles: rolesOf(c.Role), Department: c.Department})
		if err != nil {
			return err
		}
		a.advise("令牌只显示这一次，请妥善保存：", "The token is shown only now. Keep it safe:")
		_, err = fmt.Fprintln(a.out, secret)
		return err
	})
}

type tokenListCmd struct{}

// Run lists bearer tokens by their holders; a token itself is never known again.
func (tokenListCmd) Run(a *app) error {
	return a.within(func(h *house) error {
		tokens, err := h.store.View(a.ctx).Tokens()
		if err != nil {
			return err
		}
		rows := [][]string{{a.pick("编号", "Id"), a.pick("持有者", "Holder"), a.pick("角色", "Roles"), a.pick("生成", "Made"), a.pick("状态", "State")}}
		for _, t := range tokens {
			rows = append(rows, []string{t.ID, t.Holder.Name, a.roleNames(t.Holder.Roles), day(t.Made), a.tokenState(t, h.store.Now())})
		}
		table(a.out, rows...)
		return nil
	})
}

func (a *app) tokenState(t store.TokenLine, now time.Time) string {
	switch {
	case !t.Revoked.IsZero():
		return a.pick("已撤销 ", "revoked ") + day(t.Revoked)
	case !t.Expires.IsZero() && !t.Expires.After(now):
		return a.pick("已过期 ", "over since ") + day(t.Expires)
	}
	return a.pick("有效", "works")
}

func day(at time.Time) string { return at.UTC().Format(time.DateOnly) }

type tokenRevokeCmd struct {
	ID string `arg:"" help:"${token_id}"`
}

// Run ends a bearer token. It needs none, like adding one: whoever is here holds the keys.
func (c tokenRevokeCmd) Run(a *app) error {
	return a.within(func(h *house) error {
		if err := h.desk.RevokeToken(a.ctx, c.ID); err != nil {
			return err
		}
		a.advise("已撤销，它的下一次请求会被拒绝。", "Revoked. Its next request is refused.")
		return nil
	})
}

// person answers who AMEND_TOKEN belongs to.
func (a *app) person(h *house) (access.Actor, error) {
	secret := a.getenv("AMEND_TOKEN")
	if secret == "" {
		return access.Actor{}, fault.New(fault.Unauthenticated, "token_needed")
	}
	hash, ok := keys.BearerHash(secret)
	if !ok {
		return access.Actor{}, fault.New(fault.Unauthenticated, "token_unknown")
	}
	return h.store.View(a.ctx).Bearer(hash, h.store.Now())
}
