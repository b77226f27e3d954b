hall-title = تطبيقاتي لدى { $organization }
hall-greeting = مرحبًا { $person }. هذه تطبيقاتك لدى { $organization }.
hall-apps = { $count ->
    [0] لا تطبيقات
    [one] تطبيق واحد
    [two] تطبيقان
    [few] { $count } تطبيقات
   *[other] { $count } تطبيقًا
}
hall-more-apps = أكثر من { $count } تطبيقًا
hall-open = للجميع لدى { $organization }.
hall-assigned = سمحت لك { $organization } بالدخول.
hall-role = يُسمح لك بالدخول بصفتك { $role }.
hall-none = لا يوجد تطبيق لك بعد
hall-none-text = يجب أن يسمح لك أحد في { $organization } بالدخول إلى تطبيق أولاً. اسأل الشخص الذي دعاك.
hall-sees = ترى { $organization } اسمك وعنوان بريدك الإلكتروني ومواعيد تسجيل دخولك.
hall-portal = إدارة مستخدمي { $organization }
hall-owned = التطبيقات التي تتولى أمرها
hall-groups = المجموعات التي تتولى أمرها
hall-secrets = { $count ->
    [one] تطبيق واحد تتولى أمره لن يبقى له سر بعد 30 يومًا
    [two] تطبيقان تتولى أمرهما لن يبقى لهما سر بعد 30 يومًا
    [few] { $count } تطبيقات تتولى أمرها لن يبقى لها سر بعد 30 يومًا
   *[other] { $count } تطبيقًا تتولى أمرها لن يبقى لها سر بعد 30 يومًا
}
hall-secrets-renew = أعطِ سرًا جديدًا
hall-requests = طلبات بشأن التطبيقات تجيب عنها أنت
hall-grants = ما يُسمح للتطبيقات بفعله نيابة عنك
grants-title = ما يُسمح للتطبيقات بفعله نيابة عنك في { $organization }
grants-own = سمحت لهذه التطبيقات بالتصرف نيابة عنك
grants-everybody = تسمح { $organization } لهذه التطبيقات بالتصرف نيابة عن الجميع
grants-take-back = إيقاف { $app }
grants-none = لم تسمح لأي تطبيق بالتصرف نيابة عنك
grants-none-text = يسألك التطبيق أولًا في صفحة خاصة.
places-all = جميع المؤسسات
places-title = مؤسساتك
places-mailbox = سمحت لك هذه المؤسسات بالدخول بالعنوان { $address }.
places-password = سجّلت الدخول بحسابك لدى { $organization }. إذا كنت ضيفًا في مكان آخر فسجّل الدخول لدى إحدى تلك المؤسسات برمز يصلك بالبريد الإلكتروني لترى المؤسسات الأخرى.
places-none = لا توجد مؤسسات أخرى
places-here = أنت هنا
places-open = هذا المتصفح مسجّل الدخول هناك
places-first = الصفحة الأولى
places-next = الصفحة التالية
places-telling = ما يُسمح لتطبيقات { $organization } برؤيته
places-told = يُسمح لتطبيقات { $organization } ولمن يتولى أمرها برؤية هذه القائمة.
places-untold = لا ترى تطبيقات { $organization } هذه القائمة. ترى أنك تنتمي إلى { $organization } ولا شيء غير ذلك.
places-tell = السماح لها برؤيتها
places-stop-telling = عدم السماح لها برؤيتها بعد الآن
places-leaving = مغادرة مؤسسة
places-leaving-text = أنت ضيف لدى هذه المؤسسات. يُذكر أولًا ما سينتهي، ولا ينتهي شيء قبل أن توافق.
leave-title = مغادرة { $organization }
leave-ends = ينتهي هذا فورًا:
leave-apps = { $count ->
    [0] لن تتمكن من فتح أي تطبيق هناك بعد الآن.
    [one] لن تتمكن من فتح تطبيق واحد هناك بعد الآن.
    [two] لن تتمكن من فتح تطبيقين هناك بعد الآن.
    [few] لن تتمكن من فتح { $count } تطبيقات هناك بعد الآن.
   *[other] لن تتمكن من فتح { $count } تطبيقًا هناك بعد الآن.
}
leave-more-apps = هناك أكثر من { $count } تطبيقًا لن تتمكن من فتحها بعد الآن.
leave-groups = { $count ->
    [one] لن تنتمي إلى مجموعة واحدة هناك بعد الآن.
    [two] لن تنتمي إلى مجموعتين هناك بعد الآن.
    [few] لن تنتمي إلى { $count } مجموعات هناك بعد الآن.
   *[other] لن تنتمي إلى { $count } مجموعة هناك بعد الآن.
}
leave-sessions = يُسجَّل خروجك هناك في كل متصفح، ولا يتصرف أي تطبيق نيابة عنك هناك بعد الآن.
leave-stays = يبقى هذا:
leave-logs = تحتفظ { $organization } بسجلاتها: متى سجّلت الدخول وماذا فعلت.
leave-days = خلال 30 يومًا يمكن لمؤسسة { $organization } أن تعيدك كما كنت. بعد ذلك يُحذف حسابك هناك نهائيًا.
leave-again = يمكن دعوتك من جديد في أي وقت.
leave-stay = البقاء
leave-barred = لا تسمح { $organization } لضيوفها بالمغادرة بأنفسهم. يجب أن يزيلك أحد هناك.
leave-member = حسابك من حسابات { $organization } نفسها. لا يغادر أحد به من تلقاء نفسه، بل يزيله مسؤول هناك.
leave-last = لن يتمكن أحد بعدك من إدارة { $organization }. أعطِ هذا الدور لشخص آخر أولًا.
leave-ask = يتولى أمرك هناك { $contact }:
left-heading = غادرت { $organization }
left-text = سُجّل خروجك هناك، ولم تعد تطبيقاتها تسمح لك بالدخول. للعودة اطلب من أحد هناك أن يدعوك من جديد.
call-behind = الاستدعاء وراء هذه الصفحة
call-scrolls = استدعاء واجهة البرمجة، يُمرَّر جانبيًا
