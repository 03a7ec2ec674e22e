import { invalidateAll } from '$app/navigation';

/** Loads the page again whenever the sitting changes; answers how to stop. Browser only. */
export function followSitting(sittingId: string): () => void {
	const source = new EventSource(`/desk/sittings/${sittingId}/live`);
	source.addEventListener('changed', () => void invalidateAll());
	return () => source.close();
}
