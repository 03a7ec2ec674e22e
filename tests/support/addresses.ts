import { attachmentAddress } from '../../src/lib/server/grievance/address.ts';
import type { AddressProof } from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';

/** What stands behind an attachment's path in an address of the product. */
export function proofIn(href: string): AddressProof {
	const { searchParams } = new URL(href, 'http://x');
	return { until: searchParams.get('until'), seal: searchParams.get('seal') };
}

/** The address that a page would make for whoever asks now. */
export function addressFor(ctx: Context, id: string): AddressProof {
	return proofIn(attachmentAddress(ctx, id));
}
