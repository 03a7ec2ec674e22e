/** Plain shapes that pages hand to the kit. Types only: nothing here reaches the browser. */

/** One wrong field: `field` is the id of its control (by default the control's `name`). */
export type ErrorItem = Readonly<{ field: string; text: string }>;

/** What the kit accepts as a list of errors: `form.errors` as the server returns it, or a list. */
export type Errors = readonly ErrorItem[] | Readonly<Record<string, string | undefined>>;

export type Option = Readonly<{ value: string; label: string; disabled?: boolean }>;
export type RadioOption = Readonly<{
	value: string;
	label: string;
	hint?: string;
	disabled?: boolean;
}>;

export type NavItem = Readonly<{ href: string; label: string }>;

/** Who is signed in, as far as the page's frame has to say it. */
export type ShellActor =
	Readonly<{ kind: 'citizen' }> | Readonly<{ kind: 'staff'; name: string; post: string }>;

export type TimelineEntry = Readonly<{
	/** The time in words, already formatted for the reader. */
	at: string;
	/** ISO instant for the `datetime` attribute. */
	datetime?: string;
	title: string;
	text?: string;
	link?: Readonly<{ href: string; label: string; download?: boolean }>;
	/** Has not happened yet: drawn dashed and said in words. */
	next?: boolean;
}>;

export type Fact = Readonly<{
	term: string;
	value: string;
	/** A link that lets the reader change this answer (review pages). */
	change?: Readonly<{ href: string; label: string }>;
}>;

export type Column = Readonly<{
	key: string;
	label: string;
	/** Figures: one line, digits of one width. */
	numeric?: boolean;
	/** Only printed: an empty cell for the pen. */
	paper?: boolean;
}>;

/** What a control needs so that its label, hint and error are bound to it. */
export type ControlAttributes = {
	id: string;
	'aria-describedby': string | undefined;
	'aria-invalid': 'true' | undefined;
};

export type Kind = 'info' | 'ok' | 'warn' | 'bad';
