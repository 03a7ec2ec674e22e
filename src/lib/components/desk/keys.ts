/** What the desk's keys do; whatever is missing on the page does nothing. */
export interface DeskKeys {
	search: () => HTMLInputElement | null;
	/** From the search box down the list. */
	stops: () => readonly (HTMLElement | null)[];
	/** The link behind a key, `[` or `]`. */
	link: (key: string) => HTMLElement | null;
	back: () => HTMLElement | null;
	help: () => void;
}

/** Where somebody types, no key is anything but a letter. */
const isTyped = (target: HTMLElement | null) =>
	target?.matches('input:not([type=radio]), textarea, select, [contenteditable]') === true;

/** Answers a key of the whole page. Arrows walk the list from the search box too. */
export function onDeskKey(event: KeyboardEvent, keys: DeskKeys): void {
	if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
	const target = event.target instanceof HTMLElement ? event.target : null;
	if (target?.closest('dialog')) return;
	if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
		const stops = keys.stops();
		const at = stops.findIndex((stop) => stop !== null && stop === target);
		const next = stops[at + (event.key === 'ArrowDown' ? 1 : -1)];
		if (at < 0 || !next) return;
		event.preventDefault();
		next.focus();
		return;
	}
	if (isTyped(target)) return;
	const done = act(event.key, keys);
	if (done) event.preventDefault();
}

function act(key: string, keys: DeskKeys): boolean {
	switch (key) {
		case '/': {
			const box = keys.search();
			box?.select();
			box?.focus();
			return box !== null;
		}
		case '[':
		case ']':
		case 'Escape': {
			const link = key === 'Escape' ? keys.back() : keys.link(key);
			link?.click();
			return link !== null;
		}
		case '?':
			keys.help();
			return true;
		default:
			return false;
	}
}
