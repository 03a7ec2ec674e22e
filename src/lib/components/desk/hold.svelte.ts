import * as v from 'valibot';
import { randomId } from '#lib/client/uuid.ts';

const kept = v.object({
	holdId: v.string(),
	until: v.pipe(
		v.string(),
		v.transform((text) => new Date(text)),
	),
	now: v.pipe(
		v.string(),
		v.transform((text) => new Date(text)),
	),
});
const refused = v.object({ message: v.string() });

/**
 * Keeps a seat of the chosen time, so that two clerks do not race for it. Only the latest choice is
 * asked for; without an answer the booking goes without a hold, as it does without a script.
 */
export class SlotHold {
	id = $state<string | null>(null);
	slotId = $state<string | null>(null);
	until = $state.raw<Date | null>(null);
	/** The server's time at its answer. */
	now = $state.raw<Date | null>(null);
	/** Its five minutes are over. */
	over = $state(false);
	/** Why the last choice could not be kept, in words. */
	problem = $state<string | null>(null);

	#wish: { number: string; slotId: string } | null = null;
	#work: Promise<void> | null = null;
	readonly #refused: () => void;

	/** `refused`: called when a choice could not be kept, for the times on show are stale. */
	constructor(refused: () => void) {
		this.#refused = refused;
	}

	take(number: string, slotId: string): void {
		if (this.slotId === slotId && this.id !== null) return;
		this.#wish = { number, slotId };
		this.#work ??= this.#run().finally(() => (this.#work = null));
	}

	/** Waits for what is under way and names the hold of the slot, if there is one that stands. */
	async of(slotId: string): Promise<string | null> {
		await this.#work;
		return this.slotId === slotId && !this.over ? this.id : null;
	}

	/** The hold has become a booking. */
	used(): void {
		this.#set(null, null);
	}

	/** Whoever goes on without booking gives the seat back. */
	drop(): void {
		if (this.id === null || this.over) return;
		void fetch(`/desk/holds?id=${this.id}`, { method: 'DELETE', keepalive: true }).catch(() => {});
		this.#set(null, null);
	}

	async #run(): Promise<void> {
		while (this.#wish) {
			const wish = this.#wish;
			this.#wish = null;
			await this.#ask(wish);
		}
	}

	async #ask({ number, slotId }: { number: string; slotId: string }): Promise<void> {
		const body = new FormData();
		const fields = { case: number, slot: slotId, key: randomId() };
		for (const [name, value] of Object.entries(fields)) body.set(name, value);
		const answer = await fetch('/desk/holds', { method: 'POST', body }).catch(() => null);
		const told: unknown = await answer?.json().catch(() => null);
		const made = v.safeParse(kept, told);
		if (answer?.ok && made.success) {
			this.#set(made.output.holdId, slotId);
			this.until = made.output.until;
			this.now = made.output.now;
			return;
		}
		this.#set(null, null);
		const no = v.safeParse(refused, told);
		if (!no.success) return;
		this.problem = no.output.message;
		this.#refused();
	}

	#set(id: string | null, slotId: string | null): void {
		this.id = id;
		this.slotId = slotId;
		this.until = null;
		this.over = false;
		if (id !== null) this.problem = null;
	}
}
