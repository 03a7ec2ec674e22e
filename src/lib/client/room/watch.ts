const POLL_MS = 15_000;

/**
 * Calls `changed` when the server says that the sitting changed. Behind the stream stands a poll: a
 * proxy that swallows events, or a phone that slept, costs seconds and never the turn.
 * @returns what ends it
 */
export function watchSitting(url: string, changed: () => unknown): () => void {
	let source = open();
	function open(): EventSource {
		const stream = new EventSource(url);
		stream.addEventListener('changed', () => changed());
		// What happened while the line was down was told to nobody.
		let lost = false;
		stream.addEventListener('error', () => (lost = true));
		stream.addEventListener('open', () => {
			if (lost) changed();
			lost = false;
		});
		return stream;
	}
	const timer = setInterval(() => {
		changed();
		if (source.readyState !== EventSource.CLOSED) return;
		source.close();
		source = open();
	}, POLL_MS);
	const shown = () => {
		if (document.visibilityState === 'visible') changed();
	};
	document.addEventListener('visibilitychange', shown);
	const online = () => changed();
	window.addEventListener('online', online);
	return () => {
		source.close();
		clearInterval(timer);
		document.removeEventListener('visibilitychange', shown);
		window.removeEventListener('online', online);
	};
}
