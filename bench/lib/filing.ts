import { CASE_B } from '../../tests/support/pages-cases.ts';
import { PLACES } from '../../src/demo/data/places.ts';
import { SERVICES } from '../../src/demo/data/categories.ts';
import { draft, saveDraft, submitDraft } from '#lib/server/grievance/index.ts';
import { checkProof } from '#lib/server/identity/index.ts';
import { listCategories, listDistricts, searchPlaces } from '#lib/server/masters/index.ts';
import type { SignedCitizen } from '../../tests/support/stack-product.ts';
import { found } from '#lib/server/platform/db.ts';
import { inParallel, type Product } from './product.ts';

/** So many at a time: what one pool of connections serves well. */
const AT_ONCE = 6;

/** Case B, filed over and over: each time by a citizen of its own, who is signed in. */
export class Filing {
	readonly #product: Product;
	#people = 0;
	#answers: Promise<Parameters<typeof saveDraft>[1]> | null = null;

	constructor(product: Product) {
		this.#product = product;
	}

	/** Citizens with all steps of the filing answered but the last. */
	drafts(count: number): Promise<SignedCitizen[]> {
		return inParallel([...Array(count).keys()], AT_ONCE, async () => {
			const serial = String((this.#people += 1)).padStart(8, '0');
			const citizen = await this.#product.citizen(`98${serial}`, CASE_B);
			await saveDraft(citizen.ctx, await (this.#answers ??= this.#look(citizen)));
			return citizen;
		});
	}

	/** Citizens with a grievance each, who ask for a hearing. */
	async filed(count: number): Promise<{ citizen: SignedCitizen; number: string }[]> {
		return inParallel(await this.drafts(count), AT_ONCE, async (citizen) => {
			const { submissionKey } = await draft(citizen.ctx);
			const { number } = await submitDraft(citizen.ctx, { submissionKey, noticeAgreed: true });
			return { citizen, number };
		});
	}

	/** The ids behind the words of the case. */
	async #look({ ctx, name }: SignedCitizen) {
		const nameOf = (key: string) =>
			found(PLACES.find((one) => one.key === key)).hi.normalize('NFC');
		const districts = await listDistricts(ctx);
		const district = found(districts.find((one) => one.name === nameOf(CASE_B.district)));
		const places = await searchPlaces(ctx, {
			districtId: district.id,
			area: CASE_B.area,
			text: CASE_B.search,
		});
		const wanted = SERVICES.flatMap(({ categories }) => categories);
		const { code } = found(wanted.find((one) => one.code === CASE_B.category));
		const categories = (await listCategories(ctx)).flatMap((group) => group.categories);
		return {
			categoryId: found(categories.find((one) => one.code === code)).id,
			area: CASE_B.area,
			districtId: district.id,
			jurisdictionId: found(places.find((one) => one.name === nameOf(CASE_B.place))).id,
			details: CASE_B.details,
			relief: CASE_B.relief,
			name,
			proof: await checkProof(ctx, { kind: 'mobile_only' }),
			hearingWanted: true,
		};
	}
}
