/** Grievances that stand in the demonstration from the start. People and matters are invented. */
export interface CaseSeed {
	/** Days before the start on which it was filed; the oldest come first. */
	daysAgo: number;
	name: string;
	category: string;
	place: string;
	placeNote: string;
	details: string;
	relief: string;
	hearingWanted: boolean;
}

export const CASES: readonly CaseSeed[] = [
	{
		daysAgo: 12,
		name: 'रामफल',
		category: 'water_supply',
		place: 'village:suthana',
		placeNote: 'चौपाल के पास की गली',
		details: 'पाँच दिन से नल में पानी नहीं आया। टैंकर भी नहीं भेजा गया। गली में बारह घर हैं।',
		relief: 'पानी की लाइन ठीक की जाए और तब तक टैंकर भेजा जाए।',
		hearingWanted: false,
	},
	{
		daysAgo: 10,
		name: 'सरोज बाला',
		category: 'street_light',
		place: 'ward:rewari:7',
		placeNote: 'पार्क के सामने वाली गली',
		details: 'गली की तीन बत्तियाँ एक महीने से बंद हैं। शाम को बुज़ुर्ग और बच्चे गिर जाते हैं।',
		relief: 'तीनों बत्तियाँ चालू की जाएँ।',
		hearingWanted: false,
	},
	{
		daysAgo: 9,
		name: 'चंद्रो देवी',
		category: 'pension_stopped',
		place: 'village:gokalgarh',
		placeNote: '',
		details: 'मेरी बुढ़ापा पेंशन चार महीने से नहीं आई। बैंक कहता है कि ऊपर से पैसा नहीं आया।',
		relief: 'रुकी हुई पेंशन दी जाए और आगे हर महीने मिले।',
		hearingWanted: true,
	},
	{
		daysAgo: 6,
		name: 'मुकेश जैन',
		category: 'garbage',
		place: 'ward:dharuhera:5',
		placeNote: 'पुरानी मंडी',
		details: 'कूड़े की गाड़ी दस दिन से नहीं आई। मंडी के पीछे ढेर लग गया है और बदबू आती है।',
		relief: 'कूड़ा उठाया जाए और गाड़ी हर दिन आए।',
		hearingWanted: false,
	},
	{
		daysAgo: 5,
		name: 'रणधीर सिंह',
		category: 'land_mutation',
		place: 'village:jaliawas',
		placeNote: '',
		details: 'पिता जी के देहांत के बाद ज़मीन का इंतकाल छह महीने से रुका है। हर बार नई तारीख मिलती है।',
		relief: 'इंतकाल दर्ज किया जाए।',
		hearingWanted: true,
	},
	{
		daysAgo: 4,
		name: 'कैलाश पंवार',
		category: 'garbage',
		place: 'ward:jodhpur-south:9',
		placeNote: 'सेक्टर 21, सामुदायिक भवन के पास',
		details: 'कॉलोनी में कूड़ेदान नहीं है। लोग खाली भूखंड में कूड़ा डालते हैं।',
		relief: 'कूड़ेदान रखा जाए।',
		hearingWanted: false,
	},
	{
		daysAgo: 3,
		name: 'अनीता कुमारी',
		category: 'school_way',
		place: 'village:musepur',
		placeNote: 'राजकीय प्राथमिक विद्यालय',
		details: 'स्कूल के रास्ते पर पानी भरा रहता है। छोटे बच्चे कीचड़ में से जाते हैं।',
		relief: 'रास्ते पर मिट्टी और खड़ंजा डलवाया जाए।',
		hearingWanted: false,
	},
	{
		daysAgo: 2,
		name: 'हेमलता चौधरी',
		category: 'water_supply',
		place: 'village:nandri',
		placeNote: 'मुख्य सड़क से दूसरी गली',
		details: 'पानी तीन दिन में एक बार और बहुत कम दबाव से आता है।',
		relief: 'पानी रोज़ और पूरे दबाव से मिले।',
		hearingWanted: true,
	},
	{
		daysAgo: 2,
		name: 'पवन गर्ग',
		category: 'electricity_bill',
		place: 'ward:bawal:11',
		placeNote: '',
		details: 'दो महीने का बिल हर बार से पाँच गुना आया है, जबकि घर दो महीने से बंद था।',
		relief: 'मीटर की जाँच हो और बिल ठीक किया जाए।',
		hearingWanted: false,
	},
	{
		daysAgo: 1,
		name: 'बिमला',
		category: 'drain_village',
		place: 'village:lukhi',
		placeNote: 'जोहड़ के पास',
		details: 'नाली टूटी हुई है और गंदा पानी घरों के आगे भरा रहता है।',
		relief: 'नाली बनवाई जाए।',
		hearingWanted: false,
	},
];
