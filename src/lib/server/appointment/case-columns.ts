import { sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { category, jurisdiction } from '#lib/server/db/schema/masters.ts';
import type { Context } from '#lib/server/platform/context.ts';

/** What the place of a case lies in. */
export const parent = alias(jurisdiction, 'parent_jurisdiction');

/** "वार्ड 2, नगरपालिका बावल": the place and what it lies in, once where a village and its panchayat share the name. */
export const placeName = (ctx: Pick<Context, 'locale'>) =>
	ctx.locale === 'en'
		? sql<string>`concat_ws(', ', ${jurisdiction.nameEn}, nullif(${parent.nameEn}, ${jurisdiction.nameEn}))`
		: sql<string>`concat_ws(', ', ${jurisdiction.nameHi}, nullif(${parent.nameHi}, ${jurisdiction.nameHi}))`;

export const categoryName = (ctx: Pick<Context, 'locale'>) =>
	ctx.locale === 'en' ? category.nameEn : category.nameHi;
