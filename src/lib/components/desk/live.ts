import { invalidateAll } from '$app/navigation';
import { navigating } from '$app/state';

let loading = false;
let again = false;

/**
 * Loads the page again. A busy minute at another desk is one load, and the last change is never
 * missed. A way to another page is never broken off, as it shows what was just booked.
 */
export async function loadAgain(): Promise<void> {
	again = true;
	if (loading) return;
	loading = true;
	while (again) {
		while (navigating.complete) await navigating.complete.catch(() => {});
		again = false;
		await invalidateAll();
	}
	loading = false;
}

/**
 * Loads the page again whenever what the address tells of has changed; answers how to stop. What is
 * typed and where the focus stands belong to the page and stay. Browser only.
 */
function follow(address: string): () => void {
	const source = new EventSource(address);
	source.addEventListener('changed', () => void loadAgain());
	// Back from the browser's own store of pages: as it was then, not as it is.
	const shown = (event: PageTransitionEvent) => {
		if (event.persisted) void loadAgain();
	};
	addEventListener('pageshow', shown);
	return () => {
		source.close();
		removeEventListener('pageshow', shown);
	};
}

/** The page of one sitting. */
export const followSitting = (sittingId: string) => follow(`/desk/sittings/${sittingId}/live`);

/** Pages that show many sittings of the clerk's district. */
export const followDesk = () => follow('/desk/live');
