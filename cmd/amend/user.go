package main

import (
	"fmt"
	"slices"
	"strings"

	"amend/access"
)

type userCmd struct {
	Add  userAddCmd  `cmd:"" help:"${user_add}"`
	Link userLinkCmd `cmd:"" help:"${user_link}"`
	List userListCmd `cmd:"" help:"${user_list}"`
}

type userAddCmd struct {
	Name       string   `arg:"" help:"${person_name}"`
	Role       []string `required:"" placeholder:"ROLE" help:"${person_role}"`
	Department string   `placeholder:"NAME" help:"${person_department}"`
	Mail       string   `placeholder:"ADDRESS" help:"${person_mail}"`
}

// Run names a person. It needs no token, because the first person has none; every operator
// is told.
func (c userAddCmd) Run(a *app) error {
	return a.founding(func(h *house) error {
		_, link, err := h.desk.AddPerson(a.ctx, access.Actor{Name: c.Name, Roles: rolesOf(c.Role), Department: c.Department}, c.Mail)
		if err != nil {
			return err
		}
		return a.printLink(link)
	})
}

func rolesOf(words []string) []access.Role {
	list := make([]access.Role, len(words))
	for i, w := range words {
		list[i] = access.Role(w)
	}
	return list
}

// printLink prints a one-time sign-in link alone on stdout, so that a script can take it.
func (a *app) printLink(link string) error {
	a.advise("一次性登录链接，24 小时内有效，只显示这一次：", "One-time sign-in link. It works for 24 hours and is shown only now:")
	_, err := fmt.Fprintln(a.out, link)
	return err
}

type userLinkCmd struct {
	Name string `arg:"" help:"${person_name}"`
}

// Run makes a new link for a person who is known.
func (c userLinkCmd) Run(a *app) error {
	return a.within(func(h *house) error {
		link, err := h.desk.AddLink(a.ctx, c.Name)
		if err != nil {
			return err
		}
		return a.printLink(link)
	})
}

type userListCmd struct{}

// Run lists people and programs by name.
func (userListCmd) Run(a *app) error {
	return a.within(func(h *house) error {
		actors, err := h.store.View(a.ctx).Actors()
		if err != nil {
			return err
		}
		rows := [][]string{{a.pick("姓名", "Name"), a.pick("类别", "Kind"), a.pick("角色", "Roles"), a.pick("部门", "Department")}}
		for _, p := range actors {
			rows = append(rows, []string{p.Name, a.lang.Word("sort", string(p.Sort)), a.roleNames(p.Roles), p.Department})
		}
		table(a.out, rows...)
		return nil
	})
}

func (a *app) roleNames(list []access.Role) string {
	names := make([]string, 0, len(list))
	for _, r := range list {
		names = append(names, a.lang.Word("role", string(r)))
	}
	return strings.Join(slices.Compact(names), a.pick("、", ", "))
}
