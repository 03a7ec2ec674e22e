/** What an officer has typed and not yet sent, kept for this tab alone until it is sent. */
export function kept(key: string): {
	read(): Record<string, string> | null;
	write(values: Record<string, string>): void;
	forget(): void;
} {
	const name = `desk:${key}`;
	return {
		read() {
			try {
				const value: unknown = JSON.parse(sessionStorage.getItem(name) ?? 'null');
				if (typeof value !== 'object' || value === null) return null;
				const texts = Object.entries(value).filter(([, text]) => typeof text === 'string');
				return Object.fromEntries(texts);
			} catch {
				return null;
			}
		},
		write(values) {
			try {
				sessionStorage.setItem(name, JSON.stringify(values));
			} catch {
				// A full or forbidden store costs only the convenience.
			}
		},
		forget() {
			try {
				sessionStorage.removeItem(name);
			} catch {
				// As above.
			}
		},
	};
}
