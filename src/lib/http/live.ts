import type { Platform } from '#lib/server/platform/index.ts';

type Listener = () => void;

/**
 * Tells open pages that a sitting changed. One LISTEN connection a process feeds all its
 * server-sent-event streams; a page that hears "changed" loads its data again.
 */
export class LiveHub {
	#watchers = new Map<string, Set<Listener>>();
	#closers = new Set<Listener>();

	static async open(sql: Platform['sql']): Promise<LiveHub> {
		const hub = new LiveHub();
		await sql.listen('sitting', (id) => {
			for (const tell of hub.#watchers.get(id) ?? []) tell();
		});
		return hub;
	}

	/** Event stream of one sitting: `changed` events and a comment every 20 s that keeps it open. */
	stream(sittingId: string): Response {
		const encoder = new TextEncoder();
		let stop = () => {};
		const body = new ReadableStream<Uint8Array>({
			start: (controller) => {
				const send = (text: string) => controller.enqueue(encoder.encode(text));
				const tell = () => send('event: changed\ndata: \n\n');
				const beat = setInterval(() => send(': \n\n'), 20_000);
				const watchers = this.#watchers.get(sittingId) ?? new Set();
				this.#watchers.set(sittingId, watchers.add(tell));
				const close = () => {
					stop();
					controller.close();
				};
				this.#closers.add(close);
				stop = () => {
					clearInterval(beat);
					this.#closers.delete(close);
					watchers.delete(tell);
					if (watchers.size === 0) this.#watchers.delete(sittingId);
				};
				send('retry: 2000\n\n');
			},
			cancel: () => stop(),
		});
		return new Response(body, {
			headers: {
				'content-type': 'text/event-stream',
				'cache-control': 'no-store',
				'x-accel-buffering': 'no',
			},
		});
	}

	close(): void {
		for (const close of [...this.#closers]) close();
	}
}
