import type { UrlStorage } from 'tus-js-client';

const PREFIX = 'upload:';
/** The server forgets an upload after a day. */
const KEPT_MS = 24 * 3600_000;

/** The store of the browser; null where it is forbidden or full. */
function kept<T>(work: (store: Storage) => T): T | null {
	try {
		return work(localStorage);
	} catch {
		return null;
	}
}

function removeOld(store: Storage): void {
	for (const key of Object.keys(store).filter((one) => one.startsWith(PREFIX))) {
		const [since = '0'] = (store.getItem(key) ?? '').split(' ');
		if (Date.now() - Number(since) > KEPT_MS) store.removeItem(key);
	}
}

/**
 * Where an upload was, for the case that the page is loaded anew. Only addresses under hashes, no names of
 * files: a phone may be shared, and an address is of use to its citizen alone.
 */
export const urlStorage: UrlStorage = {
	findAllUploads: () => Promise.resolve([]),
	findUploadsByFingerprint(fingerprint) {
		const urlStorageKey = PREFIX + fingerprint;
		const [, uploadUrl] = kept((store) => store.getItem(urlStorageKey))?.split(' ') ?? [];
		if (!uploadUrl) return Promise.resolve([]);
		const rest = { size: null, metadata: {}, creationTime: '', parallelUploadUrls: null };
		return Promise.resolve([{ ...rest, uploadUrl, urlStorageKey }]);
	},
	removeUpload(urlStorageKey) {
		kept((store) => store.removeItem(urlStorageKey));
		return Promise.resolve();
	},
	addUpload(fingerprint, { uploadUrl }) {
		const key = PREFIX + fingerprint;
		kept((store) => {
			removeOld(store);
			store.setItem(key, `${Date.now()} ${uploadUrl}`);
		});
		return Promise.resolve(key);
	},
};
