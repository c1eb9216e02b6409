package console

import "slices"

// routes are every page and every act: the person's own, and those of each part.
func (s *Site) routes() []route {
	return slices.Concat(s.ownRoutes(), s.workRoutes(), s.customerRoutes(), s.houseRoutes())
}

// ownRoutes are for signing in and what is one's own.
func (s *Site) ownRoutes() []route {
	return []route{
		public(get("/sign-in", signInShow)),
		public(post("/sign-in", signIn)),
		public(get("/sign-in/{link}", welcomeShow)),
		public(post("/sign-in/{link}", welcome)),
		get("/step-up", stepUpShow),
		post("/step-up", stepUp),
		post("/sign-out", signOut),
		post("/sign-out-elsewhere", signOutElsewhere),
		post("/extend", extend),
		public(post("/choose", choose)),
		get("/account", accountShow),
		post("/account", accountSave),
		post("/account/absence", absenceSave),
		post("/account/tokens/{token}/revoke", sure("/account", ownTokenRevoke)),
		get("/design", design),
		get("/{$}", home),
	}
}
