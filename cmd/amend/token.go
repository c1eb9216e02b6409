package main

import (
	"fmt"

	"amend/access"
	"amend/fault"
	"amend/internal/keys"
)

type tokenCmd struct {
	Add tokenAddCmd `cmd:"" help:"${token_add}"`
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
